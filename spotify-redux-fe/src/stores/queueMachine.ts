/** The queue as pure functions: what was played, what plays, what comes. Songs one chose come before those added for one. */

import type { Song } from "@/api/types";

export type AddedBy = "user" | "auto";

export interface Entry {
  key: string;
  song: Song;
  by: AddedBy;
}

export interface Queue {
  entries: readonly Entry[];
  index: number;
}

export type QueueEvent =
  | { type: "play"; songs: readonly Song[]; at?: number }
  | { type: "play_next"; song: Song }
  | { type: "add"; song: Song }
  | { type: "extend"; songs: readonly Song[] }
  | { type: "go"; by: 1 | -1 }
  | { type: "jump"; key: string }
  | { type: "move"; key: string; to: number }
  | { type: "remove"; key: string }
  | { type: "drop_songs"; songIds: ReadonlySet<string> }
  | { type: "clear" }
  | { type: "drop_auto" }
  | { type: "put_back"; taken: readonly Entry[]; from: Queue }
  | { type: "rename"; songs: ReadonlyMap<string, Song> }
  | { type: "restore"; queue: Queue };

export const EMPTY: Queue = { entries: [], index: -1 };

// a queue outlives a start, and so do its keys
const start = Date.now().toString(36);
let made = 0;

const entry = (song: Song, by: AddedBy): Entry => ({
  key: `${start}-${(made += 1)}-${song.song_id}`,
  song,
  by,
});

export const entriesOf = (items: readonly { song: Song; by: AddedBy }[]): Entry[] =>
  items.map((item) => entry(item.song, item.by));

export const current = (queue: Queue): Entry | null => queue.entries[queue.index] ?? null;
export const upcoming = (queue: Queue): readonly Entry[] => queue.entries.slice(queue.index + 1);

export function reduce(queue: Queue, event: QueueEvent): Queue {
  switch (event.type) {
    case "play":
      return { entries: event.songs.map((song) => entry(song, "user")), index: event.at ?? 0 };
    case "play_next":
      return insert(queue, queue.index + 1, [entry(event.song, "user")]);
    case "add":
      return insert(queue, firstAuto(queue), [entry(event.song, "user")]);
    case "extend":
      return insert(
        queue,
        queue.entries.length,
        event.songs.map((song) => entry(song, "auto")),
      );
    case "go":
      return at(queue, queue.index + event.by);
    case "jump":
      return at(queue, place(queue, event.key));
    case "move":
      return move(queue, place(queue, event.key), event.to);
    case "remove":
      return keep(queue, (one) => one.key !== event.key);
    case "drop_songs":
      return keep(queue, (one, index) => index === queue.index || !event.songIds.has(one.song.song_id));
    case "clear":
      return { ...queue, entries: queue.entries.slice(0, queue.index + 1) };
    case "drop_auto":
      return keep(queue, (one, index) => index <= queue.index || one.by === "user");
    case "put_back":
      return event.taken.reduce((left, one) => putBack(left, one, event.from), queue);
    case "rename":
      return rename(queue, event.songs);
    case "restore":
      return event.queue;
  }
}

const place = (queue: Queue, key: string): number => queue.entries.findIndex((one) => one.key === key);

function at(queue: Queue, index: number): Queue {
  return index < 0 || index >= queue.entries.length ? queue : { ...queue, index };
}

/** Where a song of one's own goes: behind those that wait, before those added for one. */
function firstAuto(queue: Queue): number {
  const found = queue.entries.findIndex((one, index) => index > queue.index && one.by === "auto");
  return found === -1 ? queue.entries.length : found;
}

function insert(queue: Queue, index: number, fresh: readonly Entry[]): Queue {
  const entries = [...queue.entries.slice(0, index), ...fresh, ...queue.entries.slice(index)];
  if (queue.index === -1) return { entries, index: entries.length > 0 ? 0 : -1 };
  return { entries, index: queue.index + (index <= queue.index ? fresh.length : 0) };
}

/** Behind what it stood behind in `from`. The current song stays, and what waited then still waits. */
function putBack(queue: Queue, taken: Entry, from: Queue): Queue {
  if (place(queue, taken.key) !== -1) return queue;
  const was = place(from, taken.key);
  const before = from.entries.slice(0, was).findLast((one) => place(queue, one.key) !== -1);
  const behind = before ? place(queue, before.key) + 1 : 0;
  const index = was > from.index ? Math.max(behind, queue.index + 1) : Math.min(behind, queue.index);
  return insert(queue, index, [taken]);
}

/** Moves what waits; what was played stays where it is. A song moved by hand is the listener's own from then on. */
function move(queue: Queue, from: number, to: number): Queue {
  const moved = queue.entries[from];
  if (!moved || from <= queue.index) return queue;
  const target = Math.min(Math.max(to, queue.index + 1), queue.entries.length - 1);
  if (target === from) return queue;
  const rest = queue.entries.filter((one) => one !== moved);
  return { ...queue, entries: [...rest.slice(0, target), { ...moved, by: "user" }, ...rest.slice(target)] };
}

function keep(queue: Queue, stays: (one: Entry, index: number) => boolean): Queue {
  const entries = queue.entries.filter(stays);
  const before = queue.entries.slice(0, queue.index).filter(stays).length;
  const index = entries.length === 0 ? -1 : Math.min(before, entries.length - 1);
  return { entries, index };
}

/** songs: what they are called now, by the song_ids that the queue has. */
function rename(queue: Queue, songs: ReadonlyMap<string, Song>): Queue {
  const entries = queue.entries.map((one) => {
    const song = songs.get(one.song.song_id) ?? one.song;
    return song.song_id === one.song.song_id ? one : { ...one, song };
  });
  return entries.every((one, index) => one === queue.entries[index]) ? queue : { ...queue, entries };
}
