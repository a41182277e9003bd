/** What an account keeps: likes, what is hidden, the queue. */

import { api, call } from "../client";
import { answerTo, ask } from "../planned";
import { orElse } from "../problem";
import type { LikedSong, Song } from "../types";
import { byAsked } from "./byAsked";

export type LikesSort = "recent" | "artist" | "track";

export interface LikesPage {
  items: LikedSong[];
  total: number | null;
  next_cursor: string | null;
}

const PAGE = 1000;
const HIDDEN_PAGE = 100;

type LikesItem = Song | { song: Song; liked_at: string };

export async function likes(sort: LikesSort, q: string, cursor: string | null): Promise<LikesPage> {
  const query = {
    limit: PAGE,
    ...(cursor ? { cursor } : {}),
    ...(q ? { q } : {}),
    ...(sort === "recent" ? {} : { sort }),
  };
  const page = await ask<{ items: LikesItem[]; total?: number; next_cursor: string | null }>(
    "GET",
    "/me/likes",
    {
      query,
    },
  );
  return { items: page.items.map(flat), total: page.total ?? null, next_cursor: page.next_cursor };
}

const flat = (item: LikesItem): LikedSong =>
  "song" in item ? { ...item.song, liked_at: item.liked_at } : item;

/** All liked songs, page by page. */
export async function allLikes(sort: LikesSort = "recent"): Promise<LikedSong[]> {
  const all: LikedSong[] = [];
  let cursor: string | null = null;
  do {
    const page: LikesPage = await likes(sort, "", cursor);
    all.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}

export const likedIds = (): Promise<string[]> =>
  orElse(
    ask<{ ids: string[] }>("GET", "/me/likes/ids").then((answer) => answer.ids),
    async () => (await allLikes()).map((song) => song.song_id),
  );

/** `liked_at`: where it is had back, from when it was, so that it keeps its place. */
export const like = (song_id: string, liked_at?: string): Promise<unknown> =>
  ask("POST", "/me/likes", { body: liked_at ? { song_id, liked_at } : { song_id } });

export const unlike = (song_id: string): Promise<unknown> =>
  call(api.DELETE("/me/likes", { params: { query: { song_id } } }));

export type Hidden = { song_id: string } | { artist: string };

/** until: null for good. */
export type HiddenOne = { song_id: string | null; artist: string | null; until: string | null };

/** All that is hidden, the last one first; null where a server keeps no such list. */
export const hidden = (): Promise<HiddenOne[] | null> => orElse<HiddenOne[] | null>(allHidden(), () => null);

async function allHidden(): Promise<HiddenOne[]> {
  const all: HiddenOne[] = [];
  let cursor: string | null = null;
  do {
    const query = { limit: HIDDEN_PAGE, ...(cursor ? { cursor } : {}) };
    const page: { items: HiddenOne[]; next_cursor: string | null } = await ask("GET", "/me/hidden", {
      query,
    });
    all.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}

export const hide = (what: Hidden): Promise<unknown> =>
  orElse<unknown>(ask("PUT", "/me/hidden", { body: what }), () => null);

export const unhide = (what: Hidden): Promise<unknown> =>
  orElse<unknown>(ask("DELETE", "/me/hidden", { query: { ...what } }), () => null);

export interface KeptQueue {
  items: { song_id: string; added_by: "user" | "auto" }[];
  index: number;
  position_ms: number;
  device: string;
}

export interface HeldQueue {
  queue: KeptQueue;
  etag: string | null;
}

/** The account's queue; null where a server keeps none. */
export const queue = (): Promise<HeldQueue | null> =>
  orElse<HeldQueue | null>(
    answerTo<KeptQueue>("GET", "/me/queue").then(([kept, response]) => ({
      queue: kept,
      etag: strong(response),
    })),
    () => null,
  );

/** The new ETag. Raises ApiError changed_meanwhile where another device wrote first. */
export async function putQueue(kept: KeptQueue, etag: string | null): Promise<string | null> {
  const headers = etag ? { "If-Match": etag } : undefined;
  const [, response] = await answerTo<KeptQueue>("PUT", "/me/queue", { body: kept, headers });
  return strong(response);
}

/** The ETag as the server gave it; a proxy that compresses marks it as weak, which If-Match would never match. */
const strong = (response: Response): string | null =>
  response.headers.get("ETag")?.replace(/^W\//, "") ?? null;

/** Songs by the song_ids asked for, whatever they are called now; those that left the catalog are missing. */
export async function songs(songIds: readonly string[]): Promise<Map<string, Song>> {
  const asked = [...new Set(songIds)];
  const pages: string[][] = [];
  for (let at = 0; at < asked.length; at += 100) pages.push(asked.slice(at, at + 100));
  const found = await Promise.all(pages.map((page) => songsPage(page)));
  return new Map(found.flatMap((page) => [...page]));
}

/** Songs of one page; asked for one by one where a server knows no other way. */
async function songsPage(page: string[]): Promise<Map<string, Song>> {
  const answer = await ask<{ items: Song[]; unknown?: string[] } | Song>("GET", "/catalog/songs", {
    query: { song_id: page },
  });
  if ("items" in answer) return byAsked(page, answer);
  const others = await Promise.allSettled(
    page.map(async (song_id): Promise<[string, Song]> => {
      return [song_id, await ask<Song>("GET", "/catalog/songs", { query: { song_id } })];
    }),
  );
  return new Map(others.flatMap((other) => (other.status === "fulfilled" ? [other.value] : [])));
}
