import { readdirSync, readFileSync } from "node:fs";

import apiPaths from "../../scripts/api-paths.json";
import { reload } from "./reload";
import { registerServiceWorker } from "./serviceWorker.web";

jest.mock("./reload", () => ({ reload: jest.fn() }));

class Registration extends EventTarget {
  waiting: object | null = null;
  update = jest.fn(() => Promise.resolve());
}

/** A browser's service workers: what serves this page, and what is known of others. */
class Workers extends EventTarget {
  controller: object | null = {};
  registration = new Registration();
  register = () => Promise.resolve(this.registration);
}

class Page extends EventTarget {
  visibilityState = "visible";
}

let workers: Workers;
let page: Page;

beforeEach(() => {
  workers = new Workers();
  page = new Page();
  Object.assign(globalThis, { __DEV__: false, navigator: { serviceWorker: workers }, document: page });
  jest.mocked(reload).mockClear();
});

afterEach(() => {
  Object.assign(globalThis, { __DEV__: true });
  Reflect.deleteProperty(globalThis, "document");
});

const registered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each([
  ["a tab that an older version serves begins anew with the new one", {}, 1],
  ["a page that nothing served stays as it is", null, 0],
])("%s", (_name, controller, times) => {
  workers.controller = controller;
  registerServiceWorker(() => undefined);
  workers.dispatchEvent(new Event("controllerchange"));
  expect(reload).toHaveBeenCalledTimes(times);
});

test.each([
  ["a version that waits already is offered at the start", {}, 1],
  ["the first version is no new one", null, 0],
])("%s", async (_name, controller, offers) => {
  const postMessage = jest.fn();
  workers.controller = controller;
  workers.registration.waiting = { state: "installed", postMessage };
  registerServiceWorker((change) => change());
  await registered();
  expect(postMessage).toHaveBeenCalledTimes(offers);
});

test("a newer version is looked for whenever the page is seen again", async () => {
  registerServiceWorker(() => undefined);
  await registered();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(workers.registration.update).not.toHaveBeenCalled();
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(workers.registration.update).toHaveBeenCalledTimes(1);
});

const ofTheApi = (path: string): boolean => apiPaths.some((one) => `${path}/`.startsWith(`/${one}/`));

test("without a network every page of the app opens, and nothing of the API is taken for one", () => {
  const pages = readdirSync("src/app", { recursive: true, encoding: "utf8" })
    .filter((name) => /^(\(tabs\)\/)?\w+\.tsx$/.test(name) && !name.includes("_layout"))
    .map((name) => `/${name.replace(/\(tabs\)\/|\.tsx$/g, "")}`);
  expect(pages).toContain("/onboarding");
  expect(pages.filter(ofTheApi)).toEqual([]);
  const { paths } = JSON.parse(readFileSync("../docs/openapi.json", "utf8")) as { paths: object };
  expect(Object.keys(paths).filter((path) => !ofTheApi(path))).toEqual([]);
});
