/** Covers and previews, asked for in batches: what a screen shows in one frame is one request. */

import { useQuery } from "@tanstack/react-query";

import { metadata } from "./calls/songs";
import { keys } from "./keys";
import { queryClient } from "./queryClient";
import type { Metadata } from "./types";

const GATHER_MS = 30;
const MOST = 50;
const HOUR = 60 * 60 * 1000;
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
    ({ items }) => {
      const found = new Map(items.map((item) => [item.song_id, item]));
      for (const [id, all] of asked) for (const one of all) one.resolve(found.get(id) ?? null);
    },
    (error) => {
      for (const all of asked.values()) for (const one of all) one.reject(error);
    },
  );
}

const options = (songId: string) => ({
  queryKey: keys.metadata(songId),
  queryFn: () => load(songId),
  staleTime: HOUR,
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
    const found = await queryClient.fetchQuery({ ...options(songId), staleTime: tries > 1 ? 0 : HOUR });
    if (!found?.pending || tries === PATIENT_TRIES) return found;
    await new Promise((resolve) => setTimeout(resolve, SOON_MS));
  }
}
