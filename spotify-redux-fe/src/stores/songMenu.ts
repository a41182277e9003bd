/** Which song's menu is open. */

import { create } from "zustand";

import type { Song } from "@/api/types";

interface SongMenuState {
  song: Song | null;
}

export const useSongMenu = create<SongMenuState>()(() => ({ song: null }));

export const openSongMenu = (song: Song): void => useSongMenu.setState({ song });
export const closeSongMenu = (): void => useSongMenu.setState({ song: null });
