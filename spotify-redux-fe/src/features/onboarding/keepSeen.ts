import type { Song } from "@/api/types";

/** The songs on the screen up to the last picked one, where they were, and then the answer's. */
export function keepSeen(
  before: readonly Song[],
  picked: readonly string[],
  answer: readonly Song[],
): Song[] {
  const last = before.findLastIndex((song) => picked.includes(song.song_id));
  const kept = before.slice(0, last + 1);
  const ids = new Set(kept.map((song) => song.song_id));
  return [...kept, ...answer.filter((song) => !ids.has(song.song_id))];
}
