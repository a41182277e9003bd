/** A server for tests: it keeps what it was asked, and answers as a test says. */

import { useConnection } from "@/api/connection";
import { queryClient } from "@/api/queryClient";
import type { User } from "@/api/session";
import type { Song } from "@/api/types";

export interface Asked {
  /** "PUT /me/queue" */
  call: string;
  query: URLSearchParams;
  token: string | null;
  body: unknown;
}

type Answer = (asked: Asked) => Response | Promise<Response>;

/** What it was asked, in order. Calls that `answers` does not name are answered with an empty list. */
export function serve(answers: Record<string, Answer>): Asked[] {
  const all: Asked[] = [];
  const { queries, ...others } = queryClient.getDefaultOptions();
  queryClient.setDefaultOptions({ ...others, queries: { ...queries, gcTime: Infinity } }); // no timer outlives a test
  useConnection.setState({ base: "http://server", reachable: true });
  globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input));
    const asked = {
      call: `${init.method ?? "GET"} ${url.pathname}`,
      query: url.searchParams,
      token: new Headers(init.headers).get("Authorization")?.replace("Bearer ", "") ?? null,
      body: init.body ? JSON.parse(String(init.body)) : null,
    };
    all.push(asked);
    return (answers[asked.call] ?? (() => json({ items: [] })))(asked);
  };
  return all;
}

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

export const calls = (asked: readonly Asked[], call: string): Asked[] =>
  asked.filter((one) => one.call === call);

/** An answer that comes when the test wants it. */
export function later(): { answer: Promise<Response>; give: (response: Response) => void } {
  let give: (response: Response) => void = () => undefined;
  const answer = new Promise<Response>((resolve) => {
    give = resolve;
  });
  return { answer, give };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries === 400) throw new Error(`never held: ${String(holds)}`);
    await pause(5);
  }
}

/** Time for what should not happen. */
export const quiet = (): Promise<void> => pause(100);

export const song = (track: string): Song => ({ song_id: `Artist - ${track}`, artist: "Artist", track });

export const user = (name: string): User => ({
  id: name,
  username: name,
  created_at: "2026-01-01T00:00:00Z",
  onboarded: true,
});
