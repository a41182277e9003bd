import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { calls, json, later, quiet, serve, song, until, user, type Asked } from "@/testing/server";

import { notForMe, useHidden } from "./hidden";
import { play } from "./player/commands";
import { engine } from "./player/engine";
import { playerNow } from "./player/state";
import { queueNow, sendToQueue } from "./queue";
import { current, EMPTY } from "./queueMachine";
import { useToast } from "./toast";

const a = song("a");
const b = song("b");
const c = song("c");
const plays = (): string | undefined => current(queueNow())?.song.track;
const tracks = (): string =>
  queueNow()
    .entries.map((entry) => entry.song.track)
    .join(" ");
const told = (asked: Asked[]): string[] =>
  asked
    .filter(({ call }) => call.endsWith(" /me/hidden") && !call.startsWith("GET"))
    .map(({ call }) => call.split(" ")[0] ?? "");
const undo = (): void => useToast.getState().toast?.action?.run();

let stop: () => void;
beforeEach(() => {
  stop = engine.start();
  useSession.setState({ status: "out", user: null, token: null });
});
afterEach(() => {
  sendToQueue({ type: "restore", queue: EMPTY });
  stop();
  queryClient.clear();
});

async function playFrom(ms: number): Promise<void> {
  play([a, b, c]);
  await until(() => playerNow().durationMs > 0);
  engine.seek(ms);
}

test("a song that the server does not hide comes back, and goes on where it was", async () => {
  const slow = later();
  serve({ "PUT /me/hidden": () => slow.answer });
  await playFrom(60_000);
  notForMe(a);
  expect(plays()).toBe("b");
  slow.give(json({}, 503));
  await until(() => plays() === "a" && playerNow().durationMs > 0);
  expect(playerNow().positionMs).toBeGreaterThanOrEqual(60_000);
  expect(useHidden.getState().songs).toEqual({});
  expect(useToast.getState().toast?.action).toBeUndefined();
});

test("a waiting song that the server does not hide is put back, and what plays by then goes on", async () => {
  const slow = later();
  serve({ "PUT /me/hidden": () => slow.answer });
  await playFrom(0);
  notForMe(b);
  expect(tracks()).toBe("a c");
  sendToQueue({ type: "go", by: 1 });
  slow.give(json({}, 503));
  await until(() => tracks() === "a c b");
  expect(plays()).toBe("c");
});

test("Undo is told to the server behind what it undoes", async () => {
  const slow = later();
  const asked = serve({ "PUT /me/hidden": () => slow.answer });
  await playFrom(0);
  notForMe(b);
  undo();
  expect(tracks()).toBe("a b c");
  await quiet();
  expect(calls(asked, "DELETE /me/hidden")).toHaveLength(0);
  slow.give(json({}));
  await until(() => calls(asked, "DELETE /me/hidden").length === 1);
});

test("hidden, taken back and hidden again while the server is slow: it is told in that order", async () => {
  const slow = later();
  const asked = serve({ "PUT /me/hidden": () => slow.answer.then((told) => told.clone()) });
  await playFrom(0);
  notForMe(b);
  undo();
  notForMe(b);
  await quiet();
  expect(told(asked)).toEqual(["PUT"]);
  slow.give(json({}));
  await until(() => told(asked).length === 3);
  expect(told(asked)).toEqual(["PUT", "DELETE", "PUT"]);
  expect(tracks()).toBe("a c");
});

test("what waits for its turn when somebody else signs in is not told for them", async () => {
  const slow = later();
  const asked = serve({ "PUT /me/hidden": () => slow.answer });
  useSession.setState({ status: "in", user: user("first"), token: "1" });
  await playFrom(0);
  notForMe(b);
  notForMe(c);
  await until(() => told(asked).length === 1);
  useSession.setState({ user: user("second"), token: "2" });
  sendToQueue({ type: "restore", queue: EMPTY });
  slow.give(json({}, 503));
  await quiet();
  expect(told(asked)).toEqual(["PUT"]);
  expect(tracks()).toBe("");
});

test("Undo of a song that played goes back to it, unless another was chosen since", async () => {
  serve({});
  await playFrom(60_000);
  notForMe(a);
  sendToQueue({ type: "go", by: 1 });
  undo();
  expect(plays()).toBe("c");
});
