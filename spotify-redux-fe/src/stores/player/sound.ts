/** What moves the progress bar: a preview that sounds, or a clock. */

import type { AudioPlayer } from "expo-audio";

import { wait } from "@/theme/tokens";

import { noticePauses } from "./pauses";
import { playerNow, setPlayer } from "./state";

export interface Sound {
  play: () => void;
  pause: () => void;
  seek: (ms: number) => void;
  setVolume: (volume: number, muted: boolean) => void;
  close: () => void;
}

/** A simulated song: silence for `durationMs`. Measured by the clock, so that a sleeping timer loses nothing. */
export function simulated(durationMs: number, startMs: number, ended: () => void): Sound {
  let timer: ReturnType<typeof setInterval> | null = null;
  let position = startMs;
  let since = 0;
  const now = (): number => (timer === null ? position : Math.min(durationMs, position + Date.now() - since));
  const pause = (): void => {
    position = now();
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const tick = (): void => {
    setPlayer({ positionMs: now() });
    if (now() < durationMs) return;
    pause();
    ended();
  };
  const play = (): void => {
    if (timer !== null) return;
    since = Date.now();
    timer = setInterval(tick, wait.tick);
  };
  const seek = (ms: number): void => {
    position = ms;
    since = Date.now();
    setPlayer({ positionMs: ms });
  };
  setPlayer({ source: "simulation", durationMs, positionMs: startMs, loading: false });
  return { play, pause, seek, setVolume: () => undefined, close: pause };
}

/**
 * A preview, from where it is to begin once it is there. `failed` where its address gives no sound. `paused` where it was
 * paused, or went on, without being asked to.
 */
export async function preview(
  url: string,
  from: () => number,
  ended: () => void,
  failed: () => void,
  paused: (playing: boolean) => void,
): Promise<Sound> {
  const audio = await import("expo-audio");
  await audio
    .setAudioModeAsync({ playsInSilentMode: true, shouldPlayInBackground: true })
    .catch(() => undefined);
  const player: AudioPlayer = audio.createAudioPlayer(url, { updateInterval: wait.tick });
  const pauses = noticePauses(player, paused);
  let closed = false;
  let waits = false; // to be played once it is loaded: before that a refusal would reach nobody
  const watchdog = setTimeout(() => !player.isLoaded && fail(), wait.retry);
  const fail = (): void => {
    if (closed) return;
    close();
    failed();
  };
  const subscription = player.addListener("playbackStatusUpdate", (status) => {
    if (closed) return;
    if (status.isLoaded && status.duration > 0) {
      setPlayer({
        durationMs: status.duration * 1000,
        positionMs: status.currentTime * 1000,
        loading: false,
      });
    }
    if (status.isLoaded && waits) {
      waits = false;
      player.play();
    }
    pauses.status(status.playing);
    if (status.didJustFinish) ended();
  });
  const close = (): void => {
    closed = true;
    clearTimeout(watchdog);
    pauses.reset();
    subscription.remove();
    player.remove();
  };
  const startMs = from();
  setPlayer({ source: "preview", positionMs: startMs, loading: true });
  if (startMs > 0) void player.seekTo(startMs / 1000).catch(() => undefined);
  const { volume, muted } = playerNow();
  player.volume = volume;
  player.muted = muted;
  return {
    play: () => {
      pauses.reset();
      if (player.isLoaded) player.play();
      else waits = true;
    },
    pause: () => {
      pauses.reset();
      waits = false;
      player.pause();
    },
    seek: (ms) => {
      setPlayer({ positionMs: ms });
      void player.seekTo(ms / 1000).catch(() => player.isLoaded && fail()); // the watchdog tells before that
    },
    setVolume: (loud, mute) => {
      player.volume = loud;
      player.muted = mute;
    },
    close,
  };
}
