/** The queue on every device: taken over where one signs in, written back as it changes. */

import { putQueue, queue as fetchQueue, songs, type HeldQueue, type KeptQueue } from "@/api/calls/library";
import { pauseAfter, problemIn } from "@/api/problem";
import { deviceName } from "@/platform/deviceName";
import { wait } from "@/theme/tokens";

import { engine } from "./player/engine";
import { playerNow } from "./player/state";
import { markSaved, queueNow, sendToQueue, takeOver, useQueue } from "./queue";
import { current, entriesOf, type Queue } from "./queueMachine";

const MOST = 500;
const PLAYED = 50;

/** The queue of one account, here and on its server. One call is on its way at a time; a timer brings the next. */
export class QueueSync {
  /** unread: what nobody has seen is not written over. over: the server keeps none, or this was stopped. */
  private state: "unread" | "read" | "over" = "unread";
  private etag: string | null = null;
  /** The queue of this device that the server has as well. */
  private saved: Queue | null = null;
  private calling = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Write back what changes here from now on. */
  start(): () => void {
    const unsubscribe = useQueue.subscribe((state, before) => {
      if (state.queue !== before.queue) this.soon(wait.save);
    });
    return () => {
      unsubscribe();
      clearTimeout(this.timer);
      this.state = "over";
    };
  }

  /** What is left to do, at once: first of all, to take over the account's queue, paused where it was. */
  async now(): Promise<void> {
    if (this.calling || this.isDone()) return;
    clearTimeout(this.timer);
    this.calling = true;
    let pause: number | null = wait.save;
    try {
      if (this.state === "unread") await this.read(queueNow());
      else await this.write(queueNow());
    } catch (error) {
      pause = pauseAfter(error);
    }
    this.calling = false;
    if (pause !== null && !this.isDone()) this.soon(pause);
  }

  /** The position goes along: where the app is left. */
  leave(): void {
    if (current(queueNow()) === null) return;
    this.saved = null;
    void this.now();
  }

  private isDone(): boolean {
    return this.state === "over" || (this.state === "read" && queueNow() === this.saved);
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), ms);
  }

  private async write(here: Queue): Promise<void> {
    try {
      this.etag = await putQueue(snapshot(here), this.etag);
      this.agree(here);
    } catch (error) {
      if (problemIn(error).kind !== "changed_meanwhile") throw error;
      await this.read(here);
    }
  }

  private async read(here: Queue): Promise<void> {
    const held = await fetchQueue();
    if (held === null) this.state = "over";
    else await this.meet(here, held);
  }

  /** What a listener changed or plays here is kept, and written next; else the account's queue is taken over. */
  private async meet(here: Queue, { queue, etag }: HeldQueue): Promise<void> {
    const same = sameSongs(snapshot(here), queue);
    const { queue: theirs, positionMs }: Found =
      same || isMine() ? { queue: here, positionMs: queue.position_ms } : await whatIsLeft(queue);
    if (this.state === "over") return;
    this.state = "read";
    this.etag = etag;
    if (same) this.agree(here);
    else if (isMine() || queue.items.length === 0) this.saved = null;
    else {
      this.saved = theirs;
      takeOver(theirs);
    }
    if (!isMine()) engine.resumeFrom(positionMs);
    if (theirs === here) void this.rename(here).catch(() => undefined); // old names find the songs as well
  }

  /** What was kept on this device gets the names that hearts and marks go by. */
  private async rename(here: Queue): Promise<void> {
    const found = await songs(here.entries.map(({ song }) => song.song_id));
    if (this.state !== "over") sendToQueue({ type: "rename", songs: found });
  }

  private agree(queue: Queue): void {
    this.saved = queue;
    if (queueNow() === queue) markSaved();
  }
}

interface Found {
  queue: Queue;
  positionMs: number;
}

const isMine = (): boolean => useQueue.getState().unsaved || playerNow().playing;

/** Whether both hold the same; the server holds a part of a long queue. */
function sameSongs(here: KeptQueue, held: KeptQueue): boolean {
  return (
    here.index === held.index &&
    here.items.length === held.items.length &&
    here.items.every((item, at) => item.song_id === held.items[at]?.song_id)
  );
}

/** What the catalog still has of a kept queue. Where its song is gone, the next begins at its beginning. */
async function whatIsLeft({ items, index, position_ms }: KeptQueue): Promise<Found> {
  const found = await songs(items.map((item) => item.song_id));
  const placed = items.flatMap(({ song_id, added_by }, at) => {
    const song = found.get(song_id);
    return song ? [{ song, by: added_by, at }] : [];
  });
  const before = placed.filter(({ at }) => at < index).length;
  return {
    queue: { entries: entriesOf(placed), index: Math.min(before, placed.length - 1) },
    positionMs: placed[before]?.at === index ? position_ms : 0,
  };
}

function snapshot({ entries, index }: Queue): KeptQueue {
  const from = Math.max(0, Math.min(index - PLAYED, entries.length - MOST));
  const items = entries
    .slice(from, from + MOST)
    .map(({ song, by }) => ({ song_id: song.song_id, added_by: by }));
  const position_ms = Math.round(playerNow().positionMs);
  return { items, index: Math.max(0, index - from), position_ms, device: deviceName };
}
