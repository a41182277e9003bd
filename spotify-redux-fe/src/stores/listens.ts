/** What was played or skipped: kept while offline, sent once. */

import AsyncStorage from "@react-native-async-storage/async-storage";

import { sendListens, type Listen } from "@/api/calls/history";
import { passes, problemIn } from "@/api/problem";
import { signedIn } from "@/api/session";
import type { Song } from "@/api/types";
import { randomId } from "@/platform/randomId";
import { wait } from "@/theme/tokens";

const KEY = "listens";
const LEAST_MS = 1000;
const MOST = 1000;

let waiting: Listen[] | null = null;
let changing: Promise<void> = Promise.resolve();
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
  void change((listens) => [...listens, listen]).then(flush);
}

/** Send what waits. The server knows each by its id, so that a repetition counts once. */
export function flush(): Promise<void> {
  sending = sending.then(sendWaiting);
  return sending;
}

/** Send what waits before the session ends; a server that does not answer keeps nobody from leaving. */
export async function flushBeforeLeaving(): Promise<void> {
  await changing;
  await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, wait.leaving))]);
}

export const forgetListens = (): Promise<void> => change(() => []);

async function sendWaiting(): Promise<void> {
  if (!signedIn()) return;
  await change((listens) => listens);
  const batch = (waiting ?? []).slice(0, MOST);
  if (batch.length === 0) return;
  try {
    await sendListens(batch);
  } catch (error) {
    const problem = problemIn(error);
    if (passes(problem) || problem.kind === "broken" || problem.kind === "signed_out") return;
  }
  const sent = new Set(batch.map((listen) => listen.id));
  await change((listens) => listens.filter((listen) => !sent.has(listen.id)));
}

/** One change of what waits after the other; the first reads what was kept. A full device stops none. */
function change(how: (listens: Listen[]) => Listen[]): Promise<void> {
  changing = changing
    .then(async () => {
      const before = waiting ?? (JSON.parse((await AsyncStorage.getItem(KEY)) ?? "[]") as Listen[]);
      waiting = how(before);
      if (waiting !== before) await AsyncStorage.setItem(KEY, JSON.stringify(waiting));
    })
    .catch(() => undefined);
  return changing;
}
