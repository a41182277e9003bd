import { api, call } from "../client";
import { ask } from "../planned";
import { orElse } from "../problem";
import type { Metadata, Shelf, Song, Words } from "../types";
import { byAsked } from "./byAsked";

const words = (said: string | Words): string => (typeof said === "string" ? said : said.text);

export async function shelves(limit = 20): Promise<Shelf[]> {
  const answer = await call(api.GET("/recommendations/categories", { params: { query: { limit } } }));
  return answer.shelves.map((shelf) => ({
    id: shelf.id,
    title: words(shelf.title),
    reason: words(shelf.reason),
    items: shelf.items,
  }));
}

export interface Found {
  items: Song[];
  artists: string[];
  total: number;
}

export const FOUND_PAGE = 40;

/** A page of what is found, from `offset` on. */
export async function search(q: string, offset: number, signal: AbortSignal): Promise<Found> {
  const query = { q, limit: FOUND_PAGE, offset };
  const answer = await call(api.GET("/catalog/search", { params: { query }, signal }));
  return { items: answer.items, total: answer.total, artists: [] };
}

export const popular = async (limit: number): Promise<Song[]> =>
  (await call(api.GET("/catalog/popular", { params: { query: { limit } } }))).items;

export const suggestions = (picked: readonly string[], limit = 24): Promise<Song[]> =>
  orElse(
    ask<{ items: Song[] }>("GET", "/onboarding/suggestions", { query: { picked, limit } }).then(
      (got) => got.items,
    ),
    () => popular(limit),
  );

export const coldStart = (seeds: string[]): Promise<{ items: Song[] }> =>
  call(api.POST("/recommendations/cold-start", { params: { query: { limit: 20 } }, body: { seeds } }));

export const startOver = (): Promise<unknown> => call(api.DELETE("/me/seeds"));

export const similar = async (songId: string, exclude: string[], limit: number): Promise<Song[]> => {
  const query = { song_id: songId, exclude: exclude.slice(-200), limit };
  return (await call(api.GET("/recommendations/similar", { params: { query } }))).items;
};

/** What follows a queue; newest of `recent` last. */
export const next = (recent: string[], exclude: string[], limit: number): Promise<Song[]> =>
  orElse(
    ask<{ items: Song[] }>("POST", "/recommendations/next", {
      body: { recent: recent.slice(-20), exclude: exclude.slice(-500), limit },
    }).then((got) => got.items),
    () => similar(recent.at(-1) ?? "", exclude, limit),
  );

/** What is known of songs, by the song_ids asked for. */
export const metadata = (songIds: readonly string[]): Promise<Map<string, Metadata>> =>
  orElse(
    call(api.GET("/metadata", { params: { query: { song_id: [...songIds] } } })).then((answer) =>
      byAsked(songIds, answer),
    ),
    () => new Map<string, Metadata>(),
  );

export const songsOf = async (artist: string): Promise<Song[]> =>
  orElse(
    ask<{ items: Song[] }>("GET", "/catalog/artist", { query: { name: artist, limit: 100 } }).then(
      (got) => got.items,
    ),
    async () => (await search(artist, 0, new AbortController().signal)).items,
  );
