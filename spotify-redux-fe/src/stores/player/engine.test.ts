import { calls, serve, song, type Asked } from "@/testing/server";
import { fakeTime, pass } from "@/testing/time";
import { useSession } from "@/api/session";

import { sendToQueue } from "../queue";
import { play, seek, setPlaying } from "./commands";
import { engine } from "./engine";
import { playerNow } from "./state";

const LOADED = 400;

let asked: Asked[];
let stop: () => void;

beforeEach(() => {
  fakeTime();
  asked = serve({
    "GET /metadata": () => Response.json({ items: [] }),
    "POST /me/listens": () => Response.json({ accepted: 1 }, { status: 202 }),
  });
  useSession.setState({ status: "in", token: "token" });
  setPlaying(false);
  stop = engine.start();
});

afterEach(() => {
  stop();
  jest.useRealTimers();
});

const listens = (): unknown[] =>
  calls(asked, "POST /me/listens").flatMap(({ body }) => (body as { items: unknown[] }).items);

/** The song stands there, paused. */
async function stands(name: string): Promise<void> {
  sendToQueue({ type: "play", songs: [song(name)] });
  await pass(LOADED);
}

test("a song that was never played makes no listen, wherever it stood", async () => {
  await stands("a");
  seek(100_000);
  play([song("b")]);
  await pass(LOADED);
  expect(listens()).toEqual([]);
});

test("a listen is what was heard, not where the song stood", async () => {
  await stands("c");
  seek(100_000);
  const began = Date.now();
  setPlaying(true);
  await pass(5000);
  expect(playerNow().positionMs).toBe(105_000);
  seek(30_000);
  await pass(2000);
  play([song("d")]);
  await pass(LOADED);
  expect(listens()).toMatchObject([
    {
      song_id: "Artist - c",
      played_ms: 7000,
      ended: "skipped",
      started_at: new Date(began).toISOString(),
    },
  ]);
});

test("a song heard to its end is played again as another listen", async () => {
  await stands("e");
  seek(200_000);
  setPlaying(true);
  await pass(10_500);
  expect(playerNow()).toMatchObject({ playing: false, positionMs: 0 });
  setPlaying(true);
  await pass(3000);
  play([song("f")]);
  await pass(LOADED);
  expect(listens()).toMatchObject([
    { song_id: "Artist - e", played_ms: 10_000, ended: "finished" },
    { song_id: "Artist - e", played_ms: 3000, ended: "skipped" },
  ]);
});
