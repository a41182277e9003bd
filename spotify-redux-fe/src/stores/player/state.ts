/** What sounds now. */

import { create } from "zustand";

/** preview: half a minute from a provider; simulation: only the bar moves, for the song's length. */
export type Source = "preview" | "simulation";

interface PlayerState {
  playing: boolean;
  loading: boolean;
  source: Source;
  positionMs: number;
  durationMs: number;
  volume: number;
  muted: boolean;
}

export const usePlayer = create<PlayerState>()(() => ({
  playing: false,
  loading: false,
  source: "simulation",
  positionMs: 0,
  durationMs: 0,
  volume: 1,
  muted: false,
}));

export const playerNow = (): PlayerState => usePlayer.getState();
export const setPlayer = (change: Partial<PlayerState>): void => usePlayer.setState(change);
