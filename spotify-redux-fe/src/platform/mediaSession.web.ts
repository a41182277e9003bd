/** Media keys and what a browser shows of the song that plays. */

import type { MediaHandlers, MediaSong } from "./mediaSession";

const SEEK_MS = 10_000;

let known: MediaHandlers | null = null;

function attach(): void {
  const session = navigator.mediaSession;
  if (!session || !known) return;
  const handlers = known;
  session.setActionHandler("play", () => handlers.setPlaying(true));
  session.setActionHandler("pause", () => handlers.setPlaying(false));
  session.setActionHandler("previoustrack", () => handlers.skip(-1));
  session.setActionHandler("nexttrack", () => handlers.skip(1));
  session.setActionHandler("seekbackward", () => handlers.seekBy(-SEEK_MS));
  session.setActionHandler("seekforward", () => handlers.seekBy(SEEK_MS));
}

export const mediaSession = {
  handle(handlers: MediaHandlers): void {
    known = handlers;
    attach();
  },
  show(song: MediaSong, cover: string | null): void {
    if (!navigator.mediaSession) return;
    const artwork = cover ? [{ src: cover }] : [];
    navigator.mediaSession.metadata = new MediaMetadata({ title: song.track, artist: song.artist, artwork });
    attach(); // a new sound takes the handlers away
  },
  setPlaying(playing: boolean): void {
    if (navigator.mediaSession) navigator.mediaSession.playbackState = playing ? "playing" : "paused";
  },
};
