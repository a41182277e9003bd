/** "Not for me": gone from every list at once, with a way back. */

import { create } from "zustand";

import { hide, unhide, type Hidden } from "@/api/calls/library";
import { keys } from "@/api/keys";
import { problemIn } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import type { Song } from "@/api/types";
import { t } from "@/i18n";

import { explain } from "./explain";
import { queueNow, sendToQueue } from "./queue";
import { current } from "./queueMachine";
import { skip } from "./player/commands";
import { say } from "./toast";

interface HiddenState {
  songs: Record<string, true>;
}

export const useHidden = create<HiddenState>()(() => ({ songs: {} }));

export function notForMe(song: Song): void {
  const before = queueNow();
  const plays = current(before)?.song.song_id === song.song_id;
  useHidden.setState((state) => ({ songs: { ...state.songs, [song.song_id]: true } }));
  sendToQueue({ type: "drop_songs", songIds: new Set([song.song_id]) });
  if (plays) skip(1);
  say(t("hidden.done", { track: song.track }), {
    label: t("common.undo"),
    run: () => {
      show(song.song_id);
      sendToQueue({ type: "restore", queue: before });
      unhide({ song_id: song.song_id }).then(tellList, (error) => say(explain(problemIn(error))));
    },
  });
  hide({ song_id: song.song_id }).then(tellList, (error) => {
    show(song.song_id);
    say(explain(problemIn(error)));
  });
}

/** Later than by the toast's "Undo", from the list of what is hidden. */
export async function suggestAgain(what: Hidden): Promise<void> {
  await unhide(what);
  if ("song_id" in what) show(what.song_id);
  await Promise.all([tellList(), queryClient.invalidateQueries({ queryKey: keys.shelves })]);
}

const tellList = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.hidden });

function show(songId: string): void {
  useHidden.setState((state) => {
    const { [songId]: _, ...rest } = state.songs;
    return { songs: rest };
  });
}

export const forgetHidden = (): void => useHidden.setState({ songs: {} });
