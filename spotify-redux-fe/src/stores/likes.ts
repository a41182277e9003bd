/** Likes: they flip at once; one call in flight for a song, the newest wish wins, rolled back with the reason. */

import { create } from "zustand";

import { like, likedIds, unlike } from "@/api/calls/library";
import { keys } from "@/api/keys";
import { pauseAfter, problemIn } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import type { LikedSong } from "@/api/types";
import { t } from "@/i18n";
import { wait } from "@/theme/tokens";

import { explain } from "./explain";
import { say } from "./toast";

interface Likes {
  liked: Record<string, true>;
}

export const useLikes = create<Likes>()(() => ({ liked: {} }));

export const isLiked = (songId: string): boolean => useLikes.getState().liked[songId] ?? false;

/** What the server has; asked again for as long as it is away or busy. */
export async function loadLikes(): Promise<void> {
  const ids = await queryClient.fetchQuery({
    queryKey: keys.likedIds,
    queryFn: likedIds,
    staleTime: 0,
    retry: (_, error) => pauseAfter(error) !== null,
    retryDelay: (_, error) => pauseAfter(error) ?? wait.retry,
  });
  showAll(ids);
}

/** What was kept on this device. */
export function recallLikes(): void {
  const ids = queryClient.getQueryData<string[]>(keys.likedIds);
  if (ids) showAll(ids);
}

function showAll(ids: readonly string[]): void {
  useLikes.setState({ liked: Object.fromEntries(ids.map((id) => [id, true as const])) });
  for (const [songId, liked] of wished) show(songId, liked);
}

/** Since when a song was liked, as far as the list of likes tells. */
function likedSince(songId: string): string | undefined {
  const known = queryClient.getQueryData<LikedSong[]>(keys.likes("recent", ""));
  return known?.find((song) => song.song_id === songId)?.liked_at;
}

const before = new Map<string, string>();
const wished = new Map<string, boolean>();
const inFlight = new Set<string>();

export function setLiked(songId: string, liked: boolean, since?: string): void {
  show(songId, liked);
  if (since !== undefined) before.set(songId, since);
  wished.set(songId, liked);
  if (!inFlight.has(songId)) void settle(songId, !liked);
}

export function toggleLike(songId: string): void {
  const liked = !isLiked(songId);
  setLiked(songId, liked);
  if (liked) return;
  const since = likedSince(songId);
  say(t("likes.removed"), { label: t("common.undo"), run: () => setLiked(songId, true, since) });
}

async function settle(songId: string, kept: boolean): Promise<void> {
  inFlight.add(songId);
  let known = kept;
  try {
    for (let wish = wished.get(songId); wish !== undefined && wish !== known; wish = wished.get(songId)) {
      await (wish ? like(songId, before.get(songId)) : unlike(songId));
      known = wish;
    }
    // not awaited: a wish that comes while the list is fetched again has to begin a call of its own
    void queryClient.invalidateQueries({ queryKey: ["likes", "recent"] });
  } catch (error) {
    if (!wished.has(songId)) return; // forgotten: somebody else has signed in
    show(songId, known);
    say(explain(problemIn(error)));
  } finally {
    wished.delete(songId);
    before.delete(songId);
    inFlight.delete(songId);
  }
}

function show(songId: string, liked: boolean): void {
  useLikes.setState((state) => {
    const { [songId]: _, ...rest } = state.liked;
    return { liked: liked ? { ...rest, [songId]: true } : rest };
  });
  queryClient.setQueryData<string[]>(keys.likedIds, (ids) => ids && Object.keys(useLikes.getState().liked));
}

export function forgetLikes(): void {
  wished.clear();
  before.clear();
  useLikes.setState({ liked: {} });
}
