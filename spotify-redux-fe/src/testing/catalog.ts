/** A catalog on a server, for tests. */

import { trackOf } from "./heldQueue";
import { song, type Asked } from "./server";

/** Answers with what songs are called now, in the order asked, each song_id once. */
export class Catalog {
  /** New names by old ones, which still find the song. */
  renamed: Record<string, string> = {};
  gone: string[] = [];

  songs({ query }: Asked): Response {
    const asked = [...new Set(query.getAll("song_id"))];
    const isGone = (songId: string): boolean => this.gone.includes(trackOf(songId));
    const tracks = asked.filter((songId) => !isGone(songId)).map(trackOf);
    const items = tracks.map((track) => song(this.renamed[track] ?? track));
    return Response.json({ items, unknown: asked.filter(isGone) });
  }
}
