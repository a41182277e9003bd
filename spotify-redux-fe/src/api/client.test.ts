import { logOut } from "./calls/auth";
import { beginImport } from "./calls/history";
import { search } from "./calls/songs";
import { useConnection } from "./connection";
import { fakeServer, fakeTime, pass, silence } from "./fakeServer";
import { problemIn } from "./problem";
import { useSession } from "./session";

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
  fakeServer({ "POST /auth/logout": silence });
  expect(await outcome(logOut(null))).toBe("offline");
  expect(useConnection.getState().reachable).toBe(false);
});

test("an upload takes as long as it takes", async () => {
  fakeServer({ "POST /me/imports": silence });
  const form = new FormData();
  form.append("files", new Blob(["a history"]), "history.json");
  expect(await outcome(beginImport(form))).toBe("nothing");
});

test("what nobody wants any more says nothing about the server", async () => {
  fakeServer({ "GET /catalog/search": silence });
  const given = new AbortController();
  const call = outcome(search("radiohead", given.signal));
  given.abort();
  expect(await call).toBe("broken");
  expect(useConnection.getState().reachable).toBe(true);
});
