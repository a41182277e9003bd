/** "Not for me": gone from every list at once, with a way back. */

import { create } from "zustand";

import { hide, unhide } from "@/api/calls/library";
import { problemIn } from "@/api/problem";
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
      unhide({ song_id: song.song_id }).catch((error) => say(explain(problemIn(error))));
    },
  });
  hide({ song_id: song.song_id }).catch((error) => {
    show(song.song_id);
    say(explain(problemIn(error)));
  });
}

function show(songId: string): void {
  useHidden.setState((state) => {
    const { [songId]: _, ...rest } = state.songs;
    return { songs: rest };
  });
}

export const forgetHidden = (): void => useHidden.setState({ songs: {} });
