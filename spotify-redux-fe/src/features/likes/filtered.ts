import type { LikesSort } from "@/api/calls/library";
import type { LikedSong } from "@/api/types";

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** The songs that hold every word typed, in the order asked for. `songs`: newest first. */
export function filtered(songs: readonly LikedSong[], sort: LikesSort, q: string): readonly LikedSong[] {
  const words = plain(q).split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? songs : songs.filter((song) => holds(song, words));
  if (sort === "recent") return found;
  const compare = new Intl.Collator().compare;
  const first = sort === "artist" ? "artist" : "track";
  const second = sort === "artist" ? "track" : "artist";
  return [...found].sort((a, b) => compare(a[first], b[first]) || compare(a[second], b[second]));
}

function holds(song: LikedSong, words: readonly string[]): boolean {
  const name = plain(`${song.artist} ${song.track}`);
  return words.every((word) => name.includes(word));
}
