import { queryClient } from "@/api/queryClient";
import { calls, json, later, quiet, serve, song, until } from "@/testing/server";

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
const undo = (): void => useToast.getState().toast?.action?.run();

let stop: () => void;
beforeEach(() => {
  stop = engine.start();
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

test("Undo of a song that played goes back to it, unless another was chosen since", async () => {
  serve({});
  await playFrom(60_000);
  notForMe(a);
  sendToQueue({ type: "go", by: 1 });
  undo();
  expect(plays()).toBe("c");
});
