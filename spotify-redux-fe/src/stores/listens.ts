/** What was played or skipped: kept while offline, sent once. */

import AsyncStorage from "@react-native-async-storage/async-storage";

import { sendListens, type Listen } from "@/api/calls/history";
import { passes, problemIn } from "@/api/problem";
import type { Song } from "@/api/types";
import { randomId } from "@/platform/randomId";

const KEY = "listens";
const LEAST_MS = 1000;
const MOST = 1000;

let sending: Promise<void> = Promise.resolve();

export function heard(song: Song, startedAt: number, playedMs: number, ended: Listen["ended"]): void {
  if (playedMs < LEAST_MS) return;
  const listen: Listen = {
    id: randomId(),
    song_id: song.song_id,
    started_at: new Date(startedAt).toISOString(),
    played_ms: playedMs,
    ended,
    source: "app",
  };
  sending = sending.then(() => keep([...(waiting ?? []), listen])).then(flush);
}

let waiting: Listen[] | null = null;

/** Send what waits. The server knows each by its id, so that a repetition counts once. */
export async function flush(): Promise<void> {
  waiting ??= JSON.parse((await AsyncStorage.getItem(KEY)) ?? "[]") as Listen[];
  const batch = waiting.slice(0, MOST);
  if (batch.length === 0) return;
  try {
    await sendListens(batch);
  } catch (error) {
    const problem = problemIn(error);
    if (passes(problem) || problem.kind === "broken" || problem.kind === "signed_out") return;
  }
  const sent = new Set(batch.map((listen) => listen.id));
  await keep(waiting.filter((listen) => !sent.has(listen.id)));
}

async function keep(listens: Listen[]): Promise<void> {
  waiting = listens;
  await AsyncStorage.setItem(KEY, JSON.stringify(listens));
}

export async function forgetListens(): Promise<void> {
  await keep([]);
}
