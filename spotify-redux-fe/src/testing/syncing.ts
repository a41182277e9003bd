/** A device's queue and its account's, for tests. */

import { useSession } from "@/api/session";
import { setPlaying } from "@/stores/player/commands";
import { engine } from "@/stores/player/engine";
import { queueNow, sendToQueue, takeOver } from "@/stores/queue";
import { EMPTY } from "@/stores/queueMachine";
import { QueueSync } from "@/stores/queueSync";
import { wait } from "@/theme/tokens";

import { Catalog } from "./catalog";
import { Held } from "./heldQueue";
import { calls, serve, song, type Asked } from "./server";
import { fakeTime } from "./time";

export const AT_ONCE = 400;
export const WRITTEN = wait.save + AT_ONCE;

export let held: Held;
export let catalog: Catalog;
let asked: Asked[];
let stops: (() => void)[];

/** An account's queue, a catalog and a player, new for each test of a file. */
export function besideAccount(): void {
  beforeEach(() => {
    fakeTime();
    held = new Held();
    catalog = new Catalog();
    asked = serve({
      "GET /me/queue": () => held.get(),
      "PUT /me/queue": (one) => held.put(one),
      "GET /metadata": () => Response.json({ items: [] }),
      "GET /catalog/songs": (one) => catalog.songs(one),
    });
    useSession.setState({ status: "in", token: "token" });
    takeOver(EMPTY);
    setPlaying(false);
    stops = [engine.start()];
  });

  afterEach(() => {
    takeOver(EMPTY);
    for (const stop of stops) stop();
    jest.useRealTimers();
  });
}

export function syncing(): QueueSync {
  const sync = new QueueSync();
  stops.push(sync.start());
  void sync.now();
  return sync;
}

export const stopSyncing = (): void => stops.pop()?.();

export const here = (): string[] => queueNow().entries.map((entry) => entry.song.track);
export const played = (...tracks: string[]): void => sendToQueue({ type: "play", songs: tracks.map(song) });
export const added = (track: string): void => sendToQueue({ type: "add", song: song(track) });
export const writes = (): number => calls(asked, "PUT /me/queue").length;

/** What this device kept of its account's queue. */
export function kept(...tracks: string[]): void {
  played(...tracks);
  takeOver(queueNow());
}
