/** An account's queue on a server, for tests. */

import { song, type Asked } from "./server";

export const trackOf = (songId: string): string => songId.replace("Artist - ", "");

/** The account's queue on a server: what it holds, and how it answers. */
export class Held {
  tracks: string[] = [];
  index = 0;
  position_ms = 0;
  revision = 1;
  /** Milliseconds before an answer. */
  slow = 0;
  refuses: number | null = null;

  hold(tracks: string[], index = 0, position_ms = 0): void {
    Object.assign(this, { tracks, index, position_ms, revision: this.revision + 1 });
  }

  async get(): Promise<Response> {
    await this.think();
    return this.answer();
  }

  async put({ headers, body }: Asked): Promise<Response> {
    const matches = headers.get("If-Match") === `"${this.revision}"`;
    const { items, index, position_ms } = body as { items: { song_id: string }[] } & Held;
    if (matches && this.refuses === null)
      this.hold(
        items.map((item) => trackOf(item.song_id)),
        index,
        position_ms,
      );
    const answer = matches ? this.answer() : Response.json({ code: "changed_meanwhile" }, { status: 412 });
    await this.think();
    return this.refuses === null ? answer : this.answer();
  }

  private async think(): Promise<void> {
    if (this.slow > 0) await new Promise((resolve) => setTimeout(resolve, this.slow));
  }

  private answer(): Response {
    if (this.refuses !== null) return Response.json({}, { status: this.refuses });
    const items = this.tracks.map((track) => ({ song_id: song(track).song_id, added_by: "user" }));
    const { index, position_ms } = this;
    return Response.json({ items, index, position_ms }, { headers: { ETag: `"${this.revision}"` } });
  }
}
