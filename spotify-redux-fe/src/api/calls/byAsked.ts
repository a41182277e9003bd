/** Songs by the song_id that was asked for: one that a training renamed answers by its new song_id. */

/** items: in the order asked, each song_id once, without those that are unknown. */
interface Answer<T> {
  items: readonly T[];
  unknown?: readonly string[];
}

/** What was found, by the song_id asked for. Two song_ids may be one song. */
export function byAsked<T>(asked: readonly string[], { items, unknown = [] }: Answer<T>): Map<string, T> {
  const without = new Set(unknown);
  const known = [...new Set(asked)].filter((songId) => !without.has(songId));
  return new Map(items.flatMap((item, at) => (known[at] === undefined ? [] : [[known[at], item]])));
}
