import AsyncStorage from "@react-native-async-storage/async-storage";

import { song } from "@/testing/server";
import {
  added,
  AT_ONCE,
  besideAccount,
  held,
  here,
  kept,
  played,
  stopSyncing,
  syncing,
  WRITTEN,
  writes,
} from "@/testing/syncing";
import { pass } from "@/testing/time";

import { setPlaying } from "./player/commands";
import { playerNow } from "./player/state";
import { queueNow, sendToQueue, takeOver } from "./queue";
import type { QueueSync } from "./queueSync";

besideAccount();

/** Both hold these songs. */
async function both(...tracks: string[]): Promise<QueueSync> {
  held.hold(tracks);
  const sync = syncing();
  await pass(WRITTEN);
  expect(here()).toEqual(tracks);
  return sync;
}

test("the account's queue is taken over, paused where it was", async () => {
  held.hold(["a", "b"], 1, 50_000);
  kept("x");
  syncing();
  await pass(WRITTEN);
  expect(here()).toEqual(["a", "b"]);
  expect(queueNow().index).toBe(1);
  expect(playerNow()).toMatchObject({ playing: false, positionMs: 50_000 });
  expect(writes()).toBe(0);
});

test("where the account has no queue yet, this device's is written", async () => {
  kept("x");
  syncing();
  await pass(WRITTEN);
  expect(held.tracks).toEqual(["x"]);
});

test("the same queue after a reload goes on where its song was", async () => {
  kept("a", "b");
  held.hold(["a", "b"], 0, 50_000);
  syncing();
  await pass(WRITTEN);
  expect(playerNow().positionMs).toBe(50_000);
  sendToQueue({ type: "go", by: 1 });
  await pass(AT_ONCE);
  expect(playerNow().positionMs).toBe(0);
});

test("what is played while the account's queue is on its way plays on, and is written", async () => {
  held.hold(["a", "b"], 0, 50_000);
  held.slow = 3000;
  syncing();
  played("x", "y");
  setPlaying(true);
  await pass(2000);
  expect(playerNow().positionMs).toBeGreaterThan(1000);
  await pass(10_000);
  expect(here()).toEqual(["x", "y"]);
  expect(playerNow().playing).toBe(true);
  expect(held.tracks).toEqual(["x", "y"]);
});

test("songs that are added by themselves meanwhile do not stand in the account's way", async () => {
  held.hold(["a", "b"]);
  held.slow = 2000;
  kept("x");
  syncing();
  sendToQueue({ type: "extend", songs: [song("y")] });
  await pass(5000);
  expect(here()).toEqual(["a", "b"]);
});

test("a queue longer than the server holds stays whole", async () => {
  const names = Array.from({ length: 800 }, (_, place) => `song ${place}`);
  sendToQueue({ type: "play", songs: names.map(song), at: 120 });
  takeOver(queueNow());
  held.hold(names.slice(70, 570), 50);
  syncing();
  await pass(WRITTEN);
  expect(queueNow()).toMatchObject({ index: 120, entries: { length: 800 } });
});

test("an app that tells twice that it is left writes once, and the next song begins at its beginning", async () => {
  const sync = await both("a", "b");
  setPlaying(true);
  await pass(5000);
  sync.leave();
  sync.leave();
  await pass(WRITTEN);
  expect(writes()).toBe(1);
  expect(held.position_ms).toBe(5000);
  sendToQueue({ type: "go", by: 1 });
  await pass(AT_ONCE);
  expect(playerNow().positionMs).toBeLessThan(1000);
});

test("two songs added on a slow link are both kept", async () => {
  await both("a");
  held.slow = 3000;
  added("x");
  await pass(WRITTEN);
  added("y");
  await pass(10_000);
  expect(here()).toEqual(["a", "x", "y"]);
  expect(held.tracks).toEqual(["a", "x", "y"]);
  expect(writes()).toBe(2);
});

test("a change here stays, and is written, where another device was first", async () => {
  await both("a");
  held.hold(["a", "theirs"]);
  added("mine");
  await pass(5000);
  expect(here()).toEqual(["a", "mine"]);
  expect(held.tracks).toEqual(["a", "mine"]);
});

test("where nothing was changed here, another device's queue is taken over", async () => {
  const sync = await both("a");
  held.hold(["a", "theirs"]);
  sync.leave();
  await pass(5000);
  expect(here()).toEqual(["a", "theirs"]);
});

test("a server that was busy at the start is asked again", async () => {
  held.hold(["a", "b"]);
  held.refuses = 503;
  syncing();
  await pass(5000);
  held.refuses = null;
  await pass(5000);
  expect(here()).toEqual(["a", "b"]);
});

test("what could not be written is written later", async () => {
  await both("a");
  held.refuses = 503;
  added("x");
  await pass(5000);
  held.refuses = null;
  await pass(5000);
  expect(held.tracks).toEqual(["a", "x"]);
});

test("what was never written wins over the account's queue at the next start", async () => {
  await both("a");
  held.refuses = 503;
  added("x");
  await pass(5000);
  stopSyncing();
  expect(JSON.parse((await AsyncStorage.getItem("queue")) ?? "")).toMatchObject({ state: { unsaved: true } });
  held.refuses = null;
  syncing();
  await pass(5000);
  expect(here()).toEqual(["a", "x"]);
  expect(held.tracks).toEqual(["a", "x"]);
});
