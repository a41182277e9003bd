/** The lock screen of a phone. */

export interface MediaSong {
  track: string;
  artist: string;
}

export interface MediaHandlers {
  setPlaying: (playing: boolean) => void;
  skip: (by: 1 | -1) => void;
  seekBy: (ms: number) => void;
}

export const mediaSession = {
  handle: (_handlers: MediaHandlers): void => undefined,
  show: (_song: MediaSong, _cover: string | null): void => undefined,
  setPlaying: (_playing: boolean): void => undefined,
};
