import { calls, json, serve } from "@/testing/server";
import { fakeTime, pass } from "@/testing/time";

import { metadataOf } from "./metadata";
import { queryClient } from "./queryClient";

const MINUTE = 60_000;

beforeEach(fakeTime);

afterEach(() => {
  queryClient.clear();
  jest.useRealTimers();
});

async function asked(songId: string): Promise<void> {
  const found = metadataOf(songId);
  await pass(200);
  await found;
}

test.each([
  ["a preview's address that stays good is kept for an hour", null, 50, 1],
  ["one that expires later is kept until then", 30, 28, 1],
  ["one that expires within a minute is asked for again", 30, 29.5, 2],
  ["one that has expired as well", 30, 45, 2],
])("%s", async (_name, expires, after, times) => {
  const expires_at = expires && new Date(Date.now() + expires * MINUTE).toISOString();
  const preview = { url: "http://provider/a.mp3", expires_at };
  const all = serve({ "GET /metadata": () => json({ items: [{ song_id: "a", preview }] }) });
  await asked("a");
  jest.setSystemTime(Date.now() + after * MINUTE);
  await asked("a");
  expect(calls(all, "GET /metadata")).toHaveLength(times);
});

test("a song that a training renamed is known by its old name as well", async () => {
  const item = (song_id: string) => ({ song_id, album: `Album of ${song_id}` });
  serve({ "GET /metadata": () => json({ items: [item("new"), item("b"), item("new")], unknown: ["gone"] }) });
  const found = Promise.all(["gone", "old", "b", "new"].map(metadataOf));
  await pass(200);
  const albums = (await found).map((one) => one?.album);
  expect(albums).toEqual([undefined, "Album of new", "Album of b", "Album of new"]);
});
