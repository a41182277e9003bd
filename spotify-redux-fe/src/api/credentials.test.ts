import { logIn } from "./calls/auth";
import { popular } from "./calls/songs";
import { useConnection } from "./connection";
import { renew, useSession } from "./session";
import { json, user } from "@/testing/server";

// a browser's, whose refresh token is in a cookie
jest.mock("@/platform/secrets", () => ({
  keepsSecrets: false,
  readSecret: () => Promise.resolve(null),
  keepSecret: () => Promise.resolve(),
  forgetSecret: () => Promise.resolve(),
}));

const API = "https://api.example";

/** How each call to the API took its cookie along, for a page of an origin. `named`: CORS_ORIGINS names that. */
function pageAt(origin: string, named: boolean): Record<string, string> {
  const sent: Record<string, string> = {};
  Object.assign(globalThis, { location: { origin } });
  useConnection.setState({ base: API });
  useSession.setState({ status: "in", user: user("a"), token: "old" });
  globalThis.fetch = async (input, init = {}) => {
    const path = new URL(String(input)).pathname;
    if (init.credentials === "include" && !named) throw new TypeError("Failed to fetch");
    if (path !== "/health") sent[path] = init.credentials ?? "";
    return json({ access_token: "new", user: user("a"), items: [] });
  };
  return sent;
}

afterEach(() => Reflect.deleteProperty(globalThis, "location"));

test.each([
  ["a page of the API's own origin", API, true, "same-origin"],
  ["a page of another origin that the API names", "https://music.example", true, "include"],
  ["a page of another origin where the API names none", "https://music.example", false, "same-origin"],
])("%s signs in and renews its session with the cookie as far as it may", async (_, origin, named, how) => {
  const sent = pageAt(origin, named);
  await logIn({ username: "a", password: "p" });
  expect(await renew("old")).toBe(true);
  expect(sent).toEqual({ "/auth/login": how, "/auth/refresh": how });
});

test("other calls need no cookie", async () => {
  const sent = pageAt("https://music.example", true);
  await popular(1);
  expect(sent).toEqual({ "/catalog/popular": "same-origin" });
});
