/** Plays what the queue says: opens the sound of its current song, goes on at the end, and reports what was heard. */

import { metadataOf } from "@/api/metadata";
import type { Song } from "@/api/types";
import { mediaSession } from "@/platform/mediaSession";

import { heard } from "../listens";
import { queueNow, sendToQueue, useQueue } from "../queue";
import { current, upcoming, type Entry } from "../queueMachine";
import { preview, simulated, type Sound } from "./sound";
import { playerNow, setPlayer } from "./state";

const USUAL_LENGTH_MS = 210_000;

class Engine {
  private sound: Sound | null = null;
  private entry: Entry | null = null;
  /** 0: it was not played yet. */
  private startedAt = 0;
  /** Where the stretch begins that is heard now; before the first, where the song will begin. */
  private from = 0;
  /** What was heard before that stretch. */
  private heardMs = 0;
  /** Where an entry begins that is not opened yet. */
  private begins: { key: string; ms: number } | null = null;

  /** Follow the queue from now on. */
  start(): () => void {
    this.onQueue();
    return useQueue.subscribe(() => this.onQueue());
  }

  /** Where the current song begins: what another device had reached. One that was played here stays where it is. */
  resumeFrom(ms: number): void {
    if (!this.entry || this.startedAt !== 0) return;
    this.from = ms;
    if (this.sound) this.sound.seek(ms);
    else setPlayer({ positionMs: ms });
  }

  /** Where a song begins that is gone back to. */
  beginAt(key: string, ms: number): void {
    this.begins = { key, ms };
  }

  follow(): void {
    const { playing } = playerNow();
    if (this.sound && playing) this.startedAt ||= Date.now();
    if (playing) this.sound?.play();
    else this.sound?.pause();
    mediaSession.setPlaying(playing);
  }

  seek(ms: number): void {
    if (!this.sound) return;
    this.heardMs = this.heardUntil(playerNow().positionMs);
    this.from = ms;
    this.sound.seek(ms);
  }

  loudness(): void {
    const { volume, muted } = playerNow();
    this.sound?.setVolume(volume, muted);
  }

  private onQueue(): void {
    const entry = current(queueNow());
    if (entry?.key === this.entry?.key) return;
    this.report("skipped");
    this.sound?.close();
    this.sound = null;
    this.entry = entry;
    this.unheard();
    if (entry && entry.key === this.begins?.key) this.from = this.begins.ms;
    this.begins = null;
    if (entry) void this.open(entry);
    else setPlayer({ playing: false, positionMs: 0, durationMs: 0 });
  }

  private async open(entry: Entry): Promise<void> {
    setPlayer({ positionMs: 0, durationMs: 0, loading: true });
    const known = await metadataOf(entry.song.song_id).catch(() => null);
    if (this.entry !== entry) return;
    const length = known?.duration_ms ?? USUAL_LENGTH_MS;
    const simulate = (): void => {
      if (this.entry === entry) this.use(simulated(length, this.from, this.ended));
    };
    if (known?.preview) await this.openPreview(entry, known.preview.url, simulate);
    else simulate();
    mediaSession.show(entry.song, known?.cover?.url ?? null);
  }

  private async openPreview(entry: Entry, url: string, simulate: () => void): Promise<void> {
    const sound = await preview(url, () => this.from, this.ended, simulate, this.paused).catch(() => null);
    if (this.entry !== entry) sound?.close();
    else if (sound) this.use(sound);
    else simulate();
  }

  private use(sound: Sound): void {
    this.sound = sound;
    this.follow();
  }

  private readonly ended = (): void => {
    this.report("finished");
    if (upcoming(queueNow()).length > 0) sendToQueue({ type: "go", by: 1 });
    else this.rest();
  };

  /** By something outside the app, which lets it go on by itself as well. */
  private readonly paused = (playing: boolean): void => {
    setPlayer({ playing });
    mediaSession.setPlaying(playing);
  };

  /** The end of the queue: the song stands at its beginning, ready to play again. */
  private rest(): void {
    setPlayer({ playing: false });
    this.sound?.pause();
    this.sound?.seek(0);
  }

  /** Tells that the song ended here; it counts once. */
  report(ended: "finished" | "skipped"): void {
    if (!this.entry || this.startedAt === 0) return;
    const { positionMs, durationMs } = playerNow();
    const playedMs = Math.round(this.heardUntil(ended === "finished" ? durationMs : positionMs));
    heard(this.entry.song as Song, this.startedAt, playedMs, ended);
    this.unheard();
  }

  private heardUntil(ms: number): number {
    return this.heardMs + Math.max(0, ms - this.from);
  }

  private unheard(): void {
    this.startedAt = 0;
    this.from = 0;
    this.heardMs = 0;
  }
}

export const engine = new Engine();
