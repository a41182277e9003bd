/** "Not for me": gone from every list at once, with a way back. */

import { create } from "zustand";

import { hide, unhide, type Hidden } from "@/api/calls/library";
import { keys } from "@/api/keys";
import { problemIn } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import { userId } from "@/api/session";
import type { Song } from "@/api/types";
import { t } from "@/i18n";

import { explain } from "./explain";
import { queueNow, takeOut } from "./queue";
import { current } from "./queueMachine";
import { skipForNow } from "./player/commands";
import { say } from "./toast";

interface HiddenState {
  songs: Record<string, true>;
}

export const useHidden = create<HiddenState>()(() => ({ songs: {} }));

export function notForMe(song: Song): void {
  const what = { song_id: song.song_id };
  const who = userId();
  const takeBack = takeAway(song);
  const fails = (error: unknown): void => say(explain(problemIn(error)));
  let undone = false;
  inTurn(() => hide(what)).catch((error: unknown) => {
    if (undone || who !== userId()) return;
    takeBack();
    fails(error);
  });
  const undo = (): void => {
    undone = true;
    takeBack();
    inTurn(() => unhide(what)).catch(fails);
  };
  say(t("hidden.done", { track: song.track }), { label: t("common.undo"), run: undo });
}

let last: Promise<unknown> = Promise.resolve();

/** One call after the other: of two under way, the one that arrives last would win. None for the next account. */
function inTurn(call: () => Promise<unknown>): Promise<void> {
  const who = userId();
  const told = last.then(() => (who === userId() ? call() : undefined)).then(tellList);
  last = told.catch(() => undefined);
  return told;
}

/** Takes a song out of all that is shown and queued. What it returns undoes that. */
function takeAway({ song_id }: Song): () => void {
  const plays = current(queueNow())?.song.song_id === song_id;
  useHidden.setState((state) => ({ songs: { ...state.songs, [song_id]: true } }));
  const putBack = takeOut({ type: "drop_songs", songIds: new Set([song_id]) });
  const goBack = plays ? skipForNow() : null;
  return () => {
    show(song_id);
    putBack();
    goBack?.();
  };
}

/** Later than by the toast's "Undo", from the list of what is hidden. */
export async function suggestAgain(what: Hidden): Promise<void> {
  await inTurn(() => unhide(what));
  if ("song_id" in what) show(what.song_id);
  await queryClient.invalidateQueries({ queryKey: keys.shelves });
}

const tellList = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.hidden });

function show(songId: string): void {
  useHidden.setState((state) => {
    const { [songId]: _, ...rest } = state.songs;
    return { songs: rest };
  });
}

export const forgetHidden = (): void => useHidden.setState({ songs: {} });
