/** Notices a pause that nobody asked for here, such as one for a call, and its end. */

import type { AudioPlayer } from "expo-audio";

import { wait } from "@/theme/tokens";

import { playerNow } from "./state";

export interface Pauses {
  /** What a status of the player says. */
  status: (playing: boolean) => void;
  /** Something was asked for here, or the sound is over. */
  reset: () => void;
}

/** A stop counts where it lasts: songs that end and sound that is still on its way stop for a moment as well. */
export function noticePauses(
  player: Pick<AudioPlayer, "playing" | "isBuffering">,
  tell: (playing: boolean) => void,
): Pauses {
  let sounded = false;
  let away = false;
  let doubt: ReturnType<typeof setTimeout> | null = null;
  const calm = (): void => {
    if (doubt !== null) clearTimeout(doubt);
    doubt = null;
  };
  const decide = (): void => {
    doubt = null;
    if (!playerNow().playing || player.playing || player.isBuffering) return;
    away = true;
    tell(false);
  };
  const status = (playing: boolean): void => {
    if (!playing) {
      if (sounded && !away) doubt ??= setTimeout(decide, wait.doubt);
      return;
    }
    calm();
    sounded = true;
    if (away) tell(true);
    away = false;
  };
  const reset = (): void => {
    calm();
    sounded = false;
    away = false;
  };
  return { status, reset };
}
