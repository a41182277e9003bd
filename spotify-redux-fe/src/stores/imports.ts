/** Histories from elsewhere: begun, and taken back. What they change follows at once. */

import { useQuery } from "@tanstack/react-query";

import { me } from "@/api/calls/auth";
import { beginImport, imports, undoImport, type ImportJob } from "@/api/calls/history";
import { keys } from "@/api/keys";
import { queryClient } from "@/api/queryClient";
import { amend } from "@/api/session";
import { pickFiles } from "@/platform/files";
import { wait } from "@/theme/tokens";

export const isOver = (job: ImportJob): boolean => !["queued", "running"].includes(job.state);

/** This account's imports, newest first; asked for again while one runs. */
export function useImports() {
  return useQuery({
    queryKey: keys.imports,
    queryFn: imports,
    refetchInterval: ({ state }) => (state.data?.every(isOver) === false ? wait.poll : false),
  });
}

/** Null where nothing was chosen. */
export async function importChosen(): Promise<ImportJob | null> {
  const files = await pickFiles();
  if (files.length === 0) return null;
  const form = new FormData();
  for (const file of files) file.append(form, "files");
  const job = await beginImport(form);
  queryClient.setQueryData<ImportJob[]>(keys.imports, (known = []) => [job, ...known]);
  await queryClient.invalidateQueries({ queryKey: keys.imports });
  return job;
}

export async function takeBack(id: string): Promise<void> {
  await undoImport(id);
  await Promise.all([queryClient.invalidateQueries({ queryKey: keys.imports }), followHistory()]);
}

/** What was imported counts from now on: shelves follow it, and whoever brought enough is at home. */
export async function followHistory(): Promise<void> {
  amend(await me());
  await queryClient.invalidateQueries({ queryKey: keys.shelves });
}

/** A history in place of first songs: home with it, also where songs were chosen again. */
export async function beginWithHistory(): Promise<void> {
  amend({ choosing: false });
  await followHistory();
}
