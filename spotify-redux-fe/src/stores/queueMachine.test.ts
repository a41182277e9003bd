import type { Song } from "@/api/types";

import {
  current,
  EMPTY,
  entriesOf,
  reduce,
  upcoming,
  type AddedBy,
  type Entry,
  type Queue,
  type QueueEvent,
} from "./queueMachine";

const song = (name: string): Song => ({ song_id: `Artist - ${name}`, artist: "Artist", track: name });

/** "a [b] c +d": b plays, d was added for the listener. */
function queueOf(text: string): Queue {
  const words = text.split(" ").filter(Boolean);
  const items = words.map((word) => ({
    song: song(word.replace(/[[\]+]/g, "")),
    by: (word.includes("+") ? "auto" : "user") as AddedBy,
  }));
  return { entries: entriesOf(items), index: words.findIndex((word) => word.startsWith("[")) };
}

function written(queue: Queue): string {
  return queue.entries
    .map(
      ({ song: { track }, by }, at) =>
        `${at === queue.index ? "[" : ""}${by === "auto" ? "+" : ""}${track}${at === queue.index ? "]" : ""}`,
    )
    .join(" ");
}

const key = (queue: Queue, track: string): string =>
  queue.entries.find((one) => one.song.track === track)?.key ?? "";

type Row = [name: string, before: string, event: (queue: Queue) => QueueEvent, after: string];

const table: Row[] = [
  [
    "a list is played from a place in it",
    "",
    () => ({ type: "play", songs: ["a", "b"].map(song), at: 1 }),
    "a [b]",
  ],
  [
    "a song to play next goes behind the current one",
    "a [b] c",
    () => ({ type: "play_next", song: song("x") }),
    "a [b] x c",
  ],
  [
    "a song added goes before those added for one",
    "[a] b +c",
    () => ({ type: "add", song: song("x") }),
    "[a] b x +c",
  ],
  ["a song added to an empty queue is the current one", "", () => ({ type: "add", song: song("x") }), "[x]"],
  [
    "songs added for one go last, and are marked",
    "[a] b",
    () => ({ type: "extend", songs: [song("x")] }),
    "[a] b +x",
  ],
  ["on to the next", "[a] b", () => ({ type: "go", by: 1 }), "a [b]"],
  ["at the end there is no next", "a [b]", () => ({ type: "go", by: 1 }), "a [b]"],
  ["back to the one before", "a [b]", () => ({ type: "go", by: -1 }), "[a] b"],
  [
    "a jump skips what lies between",
    "[a] b c",
    (queue) => ({ type: "jump", key: key(queue, "c") }),
    "a b [c]",
  ],
  ["a song moves up", "[a] b c d", (queue) => ({ type: "move", key: key(queue, "d"), to: 1 }), "[a] d b c"],
  ["a song moves down", "[a] b c d", (queue) => ({ type: "move", key: key(queue, "b"), to: 3 }), "[a] c d b"],
  [
    "none moves before the current one",
    "a [b] c d",
    (queue) => ({ type: "move", key: key(queue, "d"), to: 0 }),
    "a [b] d c",
  ],
  [
    "the current one does not move",
    "a [b] c",
    (queue) => ({ type: "move", key: key(queue, "b"), to: 2 }),
    "a [b] c",
  ],
  [
    "a song moved by hand is one's own",
    "[a] b +c",
    (queue) => ({ type: "move", key: key(queue, "c"), to: 1 }),
    "[a] c b",
  ],
  ["a song is taken out", "[a] b c", (queue) => ({ type: "remove", key: key(queue, "b") }), "[a] c"],
  [
    "what was played is taken out, the current one stays",
    "a [b] c",
    (queue) => ({ type: "remove", key: key(queue, "a") }),
    "[b] c",
  ],
  ["the last one taken out leaves none", "[a]", (queue) => ({ type: "remove", key: key(queue, "a") }), ""],
  [
    "hidden songs leave the queue, but for what plays",
    "a [b] a b",
    () => ({ type: "drop_songs", songIds: new Set(["Artist - a", "Artist - b"]) }),
    "[b]",
  ],
  ["clearing leaves what was played and what plays", "a [b] c +d", () => ({ type: "clear" }), "a [b]"],
  [
    "renamed songs keep their places",
    "a [b] a +c",
    () => ({
      type: "rename",
      songs: new Map(["a", "b"].map((name) => [`Artist - ${name}`, song(`${name}2`)])),
    }),
    "a2 [b2] a2 +c",
  ],
  ["without going on, only one's own songs wait", "[a] b +c", () => ({ type: "drop_auto" }), "[a] b"],
];

test.each(table)("%s", (_name, before, event, after) => {
  const queue = before === "" ? EMPTY : queueOf(before);
  expect(written(reduce(queue, event(queue)))).toBe(after);
});

test("a queue that was replaced can be had back", () => {
  const before = queueOf("a [b] c");
  const replaced = reduce(before, { type: "play", songs: [song("x")] });
  expect(reduce(replaced, { type: "restore", queue: before })).toBe(before);
});

test("keys that were kept from an earlier start are not made again", () => {
  const keyOfStart = (now: number): string | undefined => {
    jest.useFakeTimers({ now });
    let made: Queue = EMPTY;
    jest.isolateModules(() => {
      const fresh = jest.requireActual<typeof import("./queueMachine")>("./queueMachine");
      made = fresh.reduce(EMPTY, { type: "add", song: song("a") });
    });
    jest.useRealTimers();
    return current(made)?.key;
  };
  expect(keyOfStart(1)).not.toBe(keyOfStart(2));
});

const back: [name: string, before: string, now: string, taken: string, after: string][] = [
  ["a song taken out stands where it stood", "[a] b c", "[a] c", "b", "[a] b c"],
  ["after a step on it comes next, and what plays goes on", "[a] b c", "a [c]", "b", "a [c] b"],
  ["several keep their order", "[a] b c +d", "[a]", "b c d", "[a] b c +d"],
  ["before what was added since", "[a] b", "[a] +x", "b", "[a] b +x"],
  ["what was played is put back before what plays", "a b [c] d", "b [c] d", "a", "a b [c] d"],
  ["what stands there already does not come twice", "[a] b", "[a] b", "b", "[a] b"],
  ["into another queue, as its next song", "[a] b", "[x] y", "b", "[x] b y"],
];

test.each(back)("put back: %s", (_name, before, now, taken, after) => {
  const from = queueOf(before);
  const fresh = queueOf(now);
  const known = (one: Entry): Entry =>
    from.entries.find(({ song: { track } }) => track === one.song.track) ?? one;
  const queue = { ...fresh, entries: fresh.entries.map(known) };
  const entries = from.entries.filter((one) => taken.split(" ").includes(one.song.track));
  expect(written(reduce(queue, { type: "put_back", taken: entries, from }))).toBe(after);
});

test("renamed songs stay the entries that they were, and the same names change nothing", () => {
  const queue = queueOf("[a] b");
  const named = (track: string) => new Map([["Artist - a", song(track)]]);
  expect(reduce(queue, { type: "rename", songs: named("a2") }).entries[0]?.key).toBe(current(queue)?.key);
  expect(reduce(queue, { type: "rename", songs: named("a") })).toBe(queue);
});

test("an unknown key changes nothing", () => {
  const queue = queueOf("a [b] c");
  for (const event of [{ type: "jump" }, { type: "move", to: 0 }, { type: "remove" }] as const) {
    expect(written(reduce(queue, { ...event, key: "none" } as QueueEvent))).toBe("a [b] c");
  }
});

test("current and upcoming of an empty queue", () => {
  expect(current(EMPTY)).toBeNull();
  expect(upcoming(EMPTY)).toEqual([]);
});
