import {
  besideAccount,
  catalog,
  held,
  here,
  kept,
  played,
  syncing,
  WRITTEN,
  writes,
} from "@/testing/syncing";
import { pass } from "@/testing/time";

import { setPlaying } from "./player/commands";
import { playerNow } from "./player/state";
import { queueNow } from "./queue";
import { current } from "./queueMachine";

// a training may rename songs that a queue holds, or leave them out

besideAccount();

test("songs that a training renamed stay in the queue, by their new names", async () => {
  held.hold(["a", "b", "a", "c"], 1, 50_000);
  catalog.renamed = { a: "a - Remastered 2011", b: "b - Remastered 2011" };
  syncing();
  await pass(WRITTEN);
  expect(here()).toEqual(["a - Remastered 2011", "b - Remastered 2011", "a - Remastered 2011", "c"]);
  expect(queueNow().index).toBe(1);
  expect(playerNow().positionMs).toBe(50_000);
  expect(writes()).toBe(0);
});

test("the queue that was kept here has the new names as well, so that hearts find its songs", async () => {
  kept("a", "b");
  held.hold(["a", "b"], 0, 50_000);
  catalog.renamed = { a: "a - Remastered 2011" };
  catalog.gone = ["b"];
  syncing();
  await pass(2 * WRITTEN);
  expect(here()).toEqual(["a - Remastered 2011", "b"]);
  expect(playerNow()).toMatchObject({ playing: false, positionMs: 50_000 });
  expect(held.tracks).toEqual(["a - Remastered 2011", "b"]);
  expect(writes()).toBe(1);
});

test("what plays before the account's queue has come plays on by its new name", async () => {
  held.slow = 2000;
  catalog.renamed = { a: "a - Remastered 2011" };
  played("a");
  setPlaying(true);
  syncing();
  await pass(5000);
  expect(here()).toEqual(["a - Remastered 2011"]);
  expect(playerNow().playing).toBe(true);
  expect(playerNow().positionMs).toBeGreaterThan(4000);
  await pass(5000);
  expect(held.tracks).toEqual(["a - Remastered 2011"]);
});

test("the old and the new name of a song are the same song twice", async () => {
  held.hold(["a", "gone", "a - Remastered 2011", "b"]);
  catalog.renamed = { a: "a - Remastered 2011" };
  catalog.gone = ["gone"];
  syncing();
  await pass(WRITTEN);
  expect(here()).toEqual(["a - Remastered 2011", "a - Remastered 2011", "b"]);
});

test("a queue of several pages finds its renamed songs on each", async () => {
  const names = Array.from({ length: 250 }, (_, place) => `song ${place}`);
  held.hold(names, 249);
  catalog.renamed = { "song 0": "first", "song 249": "last" };
  catalog.gone = ["song 100"];
  syncing();
  await pass(WRITTEN);
  expect(here()).toEqual(["first", ...names.slice(1, 100), ...names.slice(101, 249), "last"]);
});

test.each([
  ["before the one that plays: it goes on", ["a"], 1, "b", 50_000],
  ["which played: the next begins", ["b"], 1, "c", 0],
  ["which played as the last: the one before it begins", ["c"], 2, "b", 0],
  ["after the one that plays: it goes on", ["c"], 1, "b", 50_000],
])("a song left the catalog %s", async (_name, gone, index, plays, positionMs) => {
  held.hold(["a", "b", "c"], index, 50_000);
  catalog.gone = gone;
  syncing();
  await pass(WRITTEN);
  expect(current(queueNow())?.song.track).toBe(plays);
  expect(playerNow().positionMs).toBe(positionMs);
  expect(writes()).toBe(0);
});

test("a queue of which the catalog has no song is not written over, until something is played", async () => {
  held.hold(["a", "b"], 1, 50_000);
  catalog.gone = ["a", "b"];
  kept("x");
  const sync = syncing();
  await pass(WRITTEN);
  sync.leave();
  await pass(WRITTEN);
  expect(held.tracks).toEqual(["a", "b"]);
  expect(here()).toEqual([]);
  played("y");
  await pass(WRITTEN);
  expect(held.tracks).toEqual(["y"]);
});
