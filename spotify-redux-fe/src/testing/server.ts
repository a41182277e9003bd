/** A server for tests: it keeps what it was asked, and answers as a test says. */

import { useConnection } from "@/api/connection";
import { queryClient } from "@/api/queryClient";
import type { User } from "@/api/session";
import type { Song } from "@/api/types";

export interface Asked {
  /** "PUT /me/queue" */
  call: string;
  query: URLSearchParams;
  headers: Headers;
  token: string | null;
  body: unknown;
}

type Answer = (asked: Asked) => Response | Promise<Response>;

/** What it was asked, in order. Calls that `answers` does not name are answered with an empty list. */
export function serve(answers: Record<string, Answer>): Asked[] {
  const all: Asked[] = [];
  const { queries, mutations } = queryClient.getDefaultOptions();
  const gcTime = Infinity; // no timer outlives a test
  queryClient.setDefaultOptions({ queries: { ...queries, gcTime }, mutations: { ...mutations, gcTime } });
  useConnection.setState({ base: "http://server", reachable: true });
  globalThis.fetch = async (input, { method = "GET", headers: sent, body, signal } = {}) => {
    const { pathname, searchParams: query } = new URL(String(input));
    const headers = new Headers(sent);
    const token = headers.get("Authorization")?.replace("Bearer ", "") ?? null;
    const text = typeof body === "string" && body ? JSON.parse(body) : null;
    const asked = { call: `${method} ${pathname}`, query, headers, token, body: text };
    all.push(asked);
    return Promise.race([(answers[asked.call] ?? nothing)(asked), givenUp(signal)]);
  };
  return all;
}

function givenUp(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new Error("aborted"));
    if (signal?.aborted) refuse();
    signal?.addEventListener("abort", refuse);
  });
}

export const silence = (): Promise<Response> => new Promise(() => undefined);
const nothing = (): Response => json({ items: [] });

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
