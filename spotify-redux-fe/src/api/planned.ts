/** Calls that a server of this version may not have yet: written by hand until the document lists them. */

import { api, call } from "./client";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Asked {
  query?: Record<string, string | number | readonly string[] | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Untyped {
  request: (method: string, path: string, init: unknown) => Promise<{ data?: unknown; response: Response }>;
}

export async function answerTo<T>(method: Method, path: string, asked: Asked = {}): Promise<[T, Response]> {
  const text = typeof asked.body === "string" ? { bodySerializer: (body: string) => body } : {};
  const init = { params: { query: asked.query }, body: asked.body, headers: asked.headers, ...text };
  const answer = await (api as unknown as Untyped).request(method.toLowerCase(), path, init);
  return [(await call(Promise.resolve(answer))) as T, answer.response];
}

export async function ask<T>(method: Method, path: string, asked: Asked = {}): Promise<T> {
  return (await answerTo<T>(method, path, asked))[0];
}
