import { reload } from "./reload";
import { registerServiceWorker } from "./serviceWorker.web";

jest.mock("./reload", () => ({ reload: jest.fn() }));

/** A browser's service workers: what serves this page, and what is known of others. */
class Workers extends EventTarget {
  controller: object | null = {};
  registration = new EventTarget();
  register = () => Promise.resolve(this.registration);
}

let workers: Workers;

beforeEach(() => {
  workers = new Workers();
  Object.assign(globalThis, { __DEV__: false, navigator: { serviceWorker: workers } });
  jest.mocked(reload).mockClear();
});

afterEach(() => void Object.assign(globalThis, { __DEV__: true }));

test.each([
  ["a tab that an older version serves begins anew with the new one", {}, 1],
  ["a page that nothing served stays as it is", null, 0],
])("%s", (_name, controller, times) => {
  workers.controller = controller;
  registerServiceWorker(() => undefined);
  workers.dispatchEvent(new Event("controllerchange"));
  expect(reload).toHaveBeenCalledTimes(times);
});
