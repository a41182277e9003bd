/** What can go wrong between the app and a server, as a closed union. */

import { wait } from "@/theme/tokens";

/** What is wrong with a field, and which. */
export interface Fault {
  field: string;
  code: string;
}

export type Problem =
  | { kind: "offline" }
  | { kind: "signed_out" }
  | { kind: "rate_limited"; retryAfter: number }
  | { kind: "busy"; retryAfter: number }
  | { kind: "absent" }
  | { kind: "changed_meanwhile" }
  | { kind: "rejected"; status: number; code: string; detail: string; faults: Fault[] }
  | { kind: "broken"; status: number };

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind);
    this.name = "ApiError";
    this.problem = problem;
  }
}

interface Body {
  code?: string;
  detail?: string;
  errors?: { loc?: unknown[]; code?: string }[];
}

/** The problem that an answer of a server reports. `body`: its parsed JSON, if it had any. */
export function problemOf(response: Response, body: unknown): Problem {
  const { status } = response;
  const said = (typeof body === "object" && body !== null ? body : {}) as Body;
  if (status === 401 && said.code !== "bad_credentials") return { kind: "signed_out" };
  if (status === 429) return { kind: "rate_limited", retryAfter: seconds(response, 5) };
  if (status === 503) return { kind: "busy", retryAfter: seconds(response, 2) };
  if (status === 412) return { kind: "changed_meanwhile" };
  if (status === 405 || (status === 404 && (said.code === "not_found" || !said.code)))
    return { kind: "absent" };
  if (status >= 500) return { kind: "broken", status };
  const code = said.code ?? String(status);
  const faults = (said.errors ?? []).map((error) => ({
    field: String(error.loc?.at(-1) ?? ""),
    code: error.code ?? code,
  }));
  return { kind: "rejected", status, code, detail: said.detail ?? "", faults };
}

export function problemIn(error: unknown): Problem {
  return error instanceof ApiError ? error.problem : { kind: "broken", status: 0 };
}

/** Whether trying the same again may help. */
export function passes(problem: Problem): boolean {
  return problem.kind === "offline" || problem.kind === "busy" || problem.kind === "rate_limited";
}

/** Milliseconds before the next try; null where the same again would not help. */
export function pauseAfter(error: unknown): number | null {
  const problem = problemIn(error);
  if (!passes(problem)) return null;
  return "retryAfter" in problem ? problem.retryAfter * 1000 : wait.retry;
}

/** What an older server gives in place of a call that it does not know. */
export async function orElse<T>(wanted: Promise<T>, fallback: () => T | Promise<T>): Promise<T> {
  try {
    return await wanted;
  } catch (error) {
    if (problemIn(error).kind === "absent") return fallback();
    throw error;
  }
}

function seconds(response: Response, otherwise: number): number {
  const told = Number(response.headers.get("Retry-After"));
  return Number.isFinite(told) && told > 0 ? told : otherwise;
}
