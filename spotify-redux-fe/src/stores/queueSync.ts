/** The queue on every device: taken over where one signs in, written back as it changes. */

import { putQueue, queue as fetchQueue, songs, type HeldQueue, type KeptQueue } from "@/api/calls/library";
import { problemIn } from "@/api/problem";
import { deviceName } from "@/platform/deviceName";
import { wait } from "@/theme/tokens";

import { engine } from "./player/engine";
import { playerNow, setPlayer } from "./player/state";
import { queueNow, sendToQueue, useQueue } from "./queue";
import { current, entriesOf } from "./queueMachine";

const MOST = 500;

let etag: string | null = null;
let offered = false;
let timer: ReturnType<typeof setTimeout> | null = null;
let adopting = false;

/** Take over the account's queue, paused where it was, and write back what changes from now on. */
export async function syncQueue(): Promise<() => void> {
  const held = await fetchQueue().catch(() => null);
  offered = held !== null;
  if (held) await adopt(held);
  return useQueue.subscribe((state, before) => {
    if (offered && !adopting && state.queue !== before.queue) later();
  });
}

async function adopt(held: HeldQueue): Promise<void> {
  etag = held.etag;
  const { items, index, position_ms } = held.queue;
  if (items.length === 0) return later();
  if (sameSongs(snapshot(), held.queue)) return resume(position_ms);
  const found = new Map((await songs(items.map((item) => item.song_id))).map((song) => [song.song_id, song]));
  const placed = items.flatMap(({ song_id, added_by }) => {
    const song = found.get(song_id);
    return song ? [{ song, by: added_by }] : [];
  });
  adopting = true;
  resume(position_ms);
  setPlayer({ playing: false });
  sendToQueue({
    type: "restore",
    queue: { entries: entriesOf(placed), index: Math.min(index, placed.length - 1) },
  });
  adopting = false;
}

function resume(ms: number): void {
  engine.resumeFrom(ms);
}

/** Whether both hold the same; the server holds a part of a long queue. */
function sameSongs(here: KeptQueue, held: KeptQueue): boolean {
  return (
    here.index === held.index &&
    here.items.length === held.items.length &&
    here.items.every((item, at) => item.song_id === held.items[at]?.song_id)
  );
}

function later(): void {
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => void write(), wait.save);
}

async function write(): Promise<void> {
  try {
    etag = await putQueue(snapshot(), etag);
  } catch (error) {
    if (problemIn(error).kind !== "changed_meanwhile") return;
    const held = await fetchQueue().catch(() => null);
    if (!held) return;
    etag = held.etag;
    if (playerNow().playing) later();
    else await adopt(held);
  }
}

/** Written at once where the app is left, with the position. */
export function writeQueueNow(): void {
  if (offered && current(queueNow())) void write();
}

function snapshot(): KeptQueue {
  const { entries, index } = queueNow();
  const from = Math.max(0, Math.min(index - 50, entries.length - MOST));
  const items = entries
    .slice(from, from + MOST)
    .map(({ song, by }) => ({ song_id: song.song_id, added_by: by }));
  const position_ms = Math.round(playerNow().positionMs);
  return { items, index: Math.max(0, index - from), position_ms, device: deviceName };
}
