import { logOut, me } from "./calls/auth";
import { beginImport } from "./calls/history";
import { search } from "./calls/songs";
import { useConnection } from "./connection";
import { serve, silence } from "@/testing/server";
import { fakeTime, pass } from "@/testing/time";
import { problemIn } from "./problem";
import { useSession } from "./session";

// a browser's, whose refresh token is in a cookie
jest.mock("@/platform/secrets", () => ({
  keepsSecrets: false,
  readSecret: () => Promise.resolve(null),
  keepSecret: () => Promise.resolve(),
  forgetSecret: () => Promise.resolve(),
}));

const refusing = (status: number) => () => Response.json({ code: "no" }, { status });

beforeEach(() => {
  fakeTime();
  useSession.setState({ status: "in", token: "token" });
  useConnection.setState({ reachable: true });
});

afterEach(() => jest.useRealTimers());

/** What came of a call within half a minute. */
async function outcome(call: Promise<unknown>): Promise<string> {
  let came = "nothing";
  call.then(
    () => (came = "an answer"),
    (error) => (came = problemIn(error).kind),
  );
  await pass(30_000);
  return came;
}

test("a server that never answers counts as away", async () => {
  serve({ "POST /auth/logout": silence });
  expect(await outcome(logOut(null))).toBe("offline");
  expect(useConnection.getState().reachable).toBe(false);
});

test("an upload takes as long as it takes", async () => {
  serve({ "POST /me/imports": silence });
  const form = new FormData();
  form.append("files", new Blob(["a history"]), "history.json");
  expect(await outcome(beginImport(form))).toBe("nothing");
});

test("what nobody wants any more says nothing about the server", async () => {
  serve({ "GET /catalog/search": silence });
  const given = new AbortController();
  const call = outcome(search("radiohead", 0, given.signal));
  given.abort();
  expect(await call).toBe("broken");
  expect(useConnection.getState().reachable).toBe(true);
});

test.each([
  [503, "busy"],
  [429, "rate_limited"],
  [500, "broken"],
])("a server that answers a renewal with %i ends no session: it is %s", async (status, kind) => {
  serve({ "GET /me": refusing(401), "POST /auth/refresh": refusing(status) });
  expect(await outcome(me())).toBe(kind);
  useSession.setState({ token: null });
  expect(await outcome(me())).toBe(kind);
  expect(useSession.getState().status).toBe("in");
});

test("a renewal that never comes is a server that is away", async () => {
  serve({ "GET /me": refusing(401), "POST /auth/refresh": silence });
  expect(await outcome(me())).toBe("offline");
  expect(useSession.getState().status).toBe("in");
});

test("a session that is refused has ended", async () => {
  serve({ "GET /me": refusing(401), "POST /auth/refresh": refusing(401) });
  expect(await outcome(me())).toBe("signed_out");
  expect(useSession.getState().status).toBe("out");
});
