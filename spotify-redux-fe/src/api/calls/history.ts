/** What was played, and histories from elsewhere. */

import { ask } from "../planned";

export interface Listen {
  id: string;
  song_id: string;
  started_at: string;
  played_ms: number;
  ended: "finished" | "skipped";
  source: string;
}

export const sendListens = (items: Listen[]): Promise<unknown> =>
  ask("POST", "/me/listens", { body: { items } });

export interface ImportJob {
  id: string;
  state: "queued" | "running" | "done" | "failed" | "undone";
  files: string[];
  created_at: string;
  total: number | null;
  read: number;
  kept: number;
  dropped: Record<string, number>;
  unresolved: string[];
  unresolved_listens: number;
  fault: string | null;
}

export const imports = (): Promise<ImportJob[]> =>
  ask<{ items: ImportJob[] }>("GET", "/me/imports").then((answer) => answer.items);

/** Begins an import. `form` carries the files. */
export const beginImport = (form: FormData): Promise<ImportJob> => ask("POST", "/me/imports", { body: form });
export const importJob = (id: string): Promise<ImportJob> =>
  ask("GET", `/me/imports/${encodeURIComponent(id)}`);
export const undoImport = (id: string): Promise<unknown> =>
  ask("DELETE", `/me/imports/${encodeURIComponent(id)}`);

export interface PlayerToken {
  id: string;
  name: string;
  prefix?: string;
  created_at: string;
  last_used_at?: string | null;
}

export const tokens = (): Promise<PlayerToken[]> =>
  ask<{ items: PlayerToken[] }>("GET", "/me/tokens").then((answer) => answer.items);
export const newToken = (name: string): Promise<PlayerToken & { token: string }> =>
  ask("POST", "/me/tokens", { body: { name } });
export const revokeToken = (id: string): Promise<unknown> =>
  ask("DELETE", `/me/tokens/${encodeURIComponent(id)}`);
