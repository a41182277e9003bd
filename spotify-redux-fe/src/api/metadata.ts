/** Covers and previews, asked for in batches: what a screen shows in one frame is one request. */

import { useQuery } from "@tanstack/react-query";

import { metadata } from "./calls/songs";
import { keys } from "./keys";
import { queryClient } from "./queryClient";
import type { Metadata } from "./types";

const GATHER_MS = 30;
const MOST = 50;
const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const TRIES = 5;
const PATIENT_TRIES = 4;
const SOON_MS = 700;

type Waiting = { resolve: (found: Metadata | null) => void; reject: (error: unknown) => void };

const waiting = new Map<string, Waiting[]>();
let timer: ReturnType<typeof setTimeout> | null = null;

function load(songId: string): Promise<Metadata | null> {
  return new Promise((resolve, reject) => {
    waiting.set(songId, [...(waiting.get(songId) ?? []), { resolve, reject }]);
    timer ??= setTimeout(flush, GATHER_MS);
  });
}

function flush(): void {
  timer = null;
  const ids = [...waiting.keys()].slice(0, MOST);
  const asked = new Map(ids.map((id) => [id, waiting.get(id) ?? []]));
  for (const id of ids) waiting.delete(id);
  if (waiting.size > 0) timer = setTimeout(flush, GATHER_MS);
  metadata(ids).then(
    (found) => {
      for (const [id, all] of asked) for (const one of all) one.resolve(found.get(id) ?? null);
    },
    (error) => {
      for (const all of asked.values()) for (const one of all) one.reject(error);
    },
  );
}

interface Known {
  state: { data?: Metadata | null; dataUpdatedAt: number };
}

/** How long what came is good, in ms: an hour, or until a minute before its preview's address expires. */
function goodFor({ state: { data, dataUpdatedAt } }: Known): number {
  const expires = data?.preview?.expires_at;
  if (!expires) return HOUR;
  return Math.min(HOUR, Math.max(0, Date.parse(expires) - MINUTE - dataUpdatedAt));
}

const options = (songId: string) => ({
  queryKey: keys.metadata(songId),
  queryFn: () => load(songId),
  staleTime: goodFor,
  retry: false,
});

/** What is known of a song's looks; asked again a few times while a server looks it up. */
export function useMetadata(songId: string): Metadata | null {
  const { data } = useQuery({
    ...options(songId),
    refetchInterval: ({ state }) =>
      state.data?.pending && state.dataUpdateCount < TRIES ? 1000 * 2 ** state.dataUpdateCount : false,
  });
  return data ?? null;
}

/** The same for who can wait a little: while a server looks it up, it is asked again. */
export async function metadataOf(songId: string): Promise<Metadata | null> {
  for (let tries = 1; ; tries += 1) {
    const found = await queryClient.fetchQuery({
      ...options(songId),
      ...(tries > 1 ? { staleTime: 0 } : {}),
    });
    if (!found?.pending || tries === PATIENT_TRIES) return found;
    await new Promise((resolve) => setTimeout(resolve, SOON_MS));
  }
}
