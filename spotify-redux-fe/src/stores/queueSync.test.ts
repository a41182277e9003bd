import { fakeServer, fakeTime, pass } from "@/api/fakeServer";
import { useSession } from "@/api/session";

import { queueNow, sendToQueue } from "./queue";
import { syncQueue } from "./queueSync";

const song = (name: string) => ({ song_id: `Artist - ${name}`, artist: "Artist", track: name });
const items = (names: readonly string[]) =>
  names.map((name) => ({ song_id: `Artist - ${name}`, added_by: "user" }));

const held = { items: items([]), index: 0, position_ms: 0, device: "Another" };

beforeEach(() => {
  fakeTime();
  fakeServer({ "GET /me/queue": () => Response.json(held, { headers: { ETag: '"1"' } }) });
  useSession.setState({ status: "in", token: "token" });
});

afterEach(() => jest.useRealTimers());

test("a queue longer than the server holds stays whole", async () => {
  const names = Array.from({ length: 800 }, (_, place) => `song ${place}`);
  sendToQueue({ type: "play", songs: names.map(song), at: 120 });
  Object.assign(held, { items: items(names.slice(70, 570)), index: 50 });
  const stop = await syncQueue();
  await pass(2000);
  stop();
  expect(queueNow()).toMatchObject({ index: 120, entries: { length: 800 } });
});
