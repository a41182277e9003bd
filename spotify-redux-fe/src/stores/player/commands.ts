/** What a button, a key or a headset asks of the player. */

import type { Song } from "@/api/types";
import { t } from "@/i18n";

import { queueNow, sendToQueue } from "../queue";
import { current, upcoming } from "../queueMachine";
import { say } from "../toast";
import { engine } from "./engine";
import { playerNow, setPlayer } from "./state";

const RESTART_AFTER_MS = 3000;

/** Play one song, or a list from a place in it; what was queued by hand can be had back. */
export function play(songs: readonly Song[], at = 0): void {
  const before = queueNow();
  const { playing, positionMs } = playerNow();
  const chosen = upcoming(before).some((entry) => entry.by === "user");
  setPlayer({ playing: true });
  sendToQueue({ type: "play", songs, at });
  if (!chosen) return;
  say(t("queue.replaced"), {
    label: t("common.undo"),
    run: () => {
      engine.beginAt(current(before)?.key ?? "", positionMs);
      setPlayer({ playing });
      sendToQueue({ type: "restore", queue: before });
    },
  });
}

export function shuffled(songs: readonly Song[]): Song[] {
  const order = [...songs];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other] as Song, order[last] as Song];
  }
  return order;
}

export function toggle(): void {
  if (current(queueNow()) === null) return;
  setPlaying(!playerNow().playing);
}

export function setPlaying(playing: boolean): void {
  setPlayer({ playing });
  engine.follow();
}

export function seek(ms: number): void {
  const { durationMs } = playerNow();
  engine.seek(Math.min(Math.max(ms, 0), Math.max(durationMs, 0)));
}

export const seekBy = (ms: number): void => seek(playerNow().positionMs + ms);

/** The next song, or the one before; back to its beginning where it has played for a while. */
export function skip(by: 1 | -1): void {
  const queue = queueNow();
  if (by === -1 && (playerNow().positionMs > RESTART_AFTER_MS || queue.index <= 0)) {
    seek(0);
    return;
  }
  if (by === 1 && upcoming(queue).length === 0) {
    seek(0);
    setPlaying(false);
    return;
  }
  sendToQueue({ type: "go", by });
}

/** Skips what plays. What it returns goes back to it, unless another song was chosen since. */
export function skipForNow(): () => void {
  const { playing, positionMs } = playerNow();
  const left = current(queueNow())?.key ?? "";
  skip(1);
  const reached = current(queueNow())?.key;
  return () => {
    if (current(queueNow())?.key !== reached) return;
    if (reached === left) engine.seek(positionMs);
    else engine.beginAt(left, positionMs);
    setPlayer({ playing });
    sendToQueue({ type: "jump", key: left });
    engine.follow();
  };
}

export function jump(key: string): void {
  setPlayer({ playing: true });
  sendToQueue({ type: "jump", key });
}

export function setVolume(volume: number): void {
  setPlayer({ volume: Math.min(1, Math.max(0, volume)), muted: false });
  engine.loudness();
}

export function toggleMute(): void {
  setPlayer({ muted: !playerNow().muted });
  engine.loudness();
}

export function playNext(song: Song): void {
  sendToQueue({ type: "play_next", song });
  say(t("queue.plays_next", { track: song.track }));
}

export function addToQueue(song: Song): void {
  sendToQueue({ type: "add", song });
  say(t("queue.added", { track: song.track }));
}
