/** A server for tests, in fetch's place: answers by method and path, and keeps what it was asked. */

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = (asked: Asked) => Response | Promise<Response>;

export function fakeServer(answers: Record<string, Answer>): Asked[] {
  const all: Asked[] = [];
  globalThis.fetch = async (url, { method = "GET", headers, body, signal } = {}) => {
    const { pathname: path, searchParams: query } = new URL(String(url), "http://server");
    const asked = { method, path, query, headers: new Headers(headers), body: parsed(body) };
    all.push(asked);
    const answer = answers[`${method} ${path}`] ?? absent;
    const givenUp = new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new Error("aborted"));
      if (signal?.aborted) refuse();
      signal?.addEventListener("abort", refuse);
    });
    return Promise.race([answer(asked), givenUp]);
  };
  return all;
}

export const silence = (): Promise<Response> => new Promise(() => undefined);

const absent = (): Response => Response.json({ code: "not_found" }, { status: 404 });

const parsed = (body: unknown): unknown => (typeof body === "string" && body ? JSON.parse(body) : null);

/** Timers and answers for so long. */
export async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= STEP) {
    await answered();
    await jest.advanceTimersByTimeAsync(Math.min(STEP, left));
  }
  await answered();
}

const STEP = 200;
const TURNS = 20;

async function answered(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export const fakeTime = (): void =>
  void jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
