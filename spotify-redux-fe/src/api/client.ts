/** The typed client: one that knows the session, renews it once where it has expired, and names every problem. */

import createClient from "openapi-fetch";

import { base, fetchInTime, setReachable } from "./connection";
import { credentialsFor } from "./credentials";
import { ApiError, problemOf } from "./problem";
import type { paths } from "./schema";
import { renew, signedIn, token, userId } from "./session";

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** fetch, to the server chosen, with the session's token. */
async function send(request: Request): Promise<Response> {
  const path = request.url.replace(/^https?:\/\/placeholder/, "");
  const who = userId();
  const body = await bodyOf(request);
  const once = async (): Promise<Response> => {
    // the account may have changed since it was asked for
    if (who !== undefined && who !== userId()) throw new ApiError({ kind: "signed_out" });
    return plainFetch(path, request, body);
  };
  if (token() === null && signedIn()) await renew(null);
  const used = token();
  const first = await once();
  if (first.status !== 401 || used === null) return first;
  return (await renew(used)) ? once() : first;
}

/** The body to send, once more where need be: text as text, files without a copy in memory. */
async function bodyOf(request: Request): Promise<string | Blob | undefined> {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const kind = request.headers.get("Content-Type") ?? "";
  return kind.startsWith("multipart/") ? request.blob() : request.text();
}

async function plainFetch(
  path: string,
  request: Request,
  body: string | Blob | undefined,
): Promise<Response> {
  const headers = new Headers(request.headers);
  const bearer = token();
  if (bearer) headers.set("Authorization", `Bearer ${bearer}`);
  const transport = body instanceof Blob ? fetch : fetchInTime; // files take as long as they take
  try {
    const { method, signal } = request;
    const response = await transport(`${base()}${path}`, {
      method,
      headers,
      body,
      signal,
      credentials: await credentialsFor(path),
    });
    setReachable(true);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    setReachable(false);
    throw new ApiError({ kind: "offline" });
  }
}

export const api = createClient<paths>({
  baseUrl: "http://placeholder",
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});

/** The data of an answer. Raises ApiError. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiError(problemOf(response, error));
  return data as T;
}
