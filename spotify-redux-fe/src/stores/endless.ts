/** The queue goes on by itself: near its end, songs that follow what was played are added. */

import { next } from "@/api/calls/songs";

import { useHidden } from "./hidden";
import { queueNow, sendToQueue, useQueue } from "./queue";
import { current, upcoming, type Queue } from "./queueMachine";

const LOW = 4;
const BATCH = 12;

let asking = false;

export function keepGoing(): () => void {
  void extend();
  return useQueue.subscribe(() => void extend());
}

function isLow(queue: Queue): boolean {
  return current(queue) !== null && upcoming(queue).length < LOW;
}

async function extend(): Promise<void> {
  if (asking || !useQueue.getState().goesOn || !isLow(queueNow())) return;
  asking = true;
  const plays = current(queueNow())?.key;
  const stillPlays = (): boolean => current(queueNow())?.key === plays;
  try {
    const songs = await after(queueNow());
    if (songs.length > 0 && stillPlays() && useQueue.getState().goesOn && isLow(queueNow()))
      sendToQueue({ type: "extend", songs });
  } catch {
    // the next song asks again
  } finally {
    asking = false;
  }
  if (!stillPlays()) void extend(); // what was asked for follows another song
}

async function after(queue: Queue) {
  const ids = queue.entries.map((entry) => entry.song.song_id);
  const recent = queue.entries.slice(0, queue.index + 1).map((entry) => entry.song.song_id);
  const songs = await next(recent, ids, BATCH);
  const taken = new Set(ids);
  const { songs: hidden } = useHidden.getState();
  return songs.filter((song) => !taken.has(song.song_id) && !hidden[song.song_id]);
}
