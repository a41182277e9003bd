/** One table of keys: it feeds what handles them and what shows them. */

import { toggleLike } from "@/stores/likes";
import { showShortcuts, usePane } from "@/stores/pane";
import { seekBy, setVolume, skip, toggle, toggleMute } from "@/stores/player/commands";
import { playerNow } from "@/stores/player/state";
import { queueNow } from "@/stores/queue";
import { current } from "@/stores/queueMachine";

const STEP_MS = 5000;
const LOUDER = 0.05;

export interface Shortcut {
  /** event.key; "Shift+" before it where Shift is held. */
  key: string;
  shown: string;
  label: string;
  run: (pages: Pages) => void;
}

export interface Pages {
  search: () => void;
  queue: () => void;
  back: () => void;
}

const like = (): void => {
  const entry = current(queueNow());
  if (entry) toggleLike(entry.song.song_id);
};

export const SHORTCUTS: readonly Shortcut[] = [
  { key: " ", shown: "Space", label: "keys.toggle", run: toggle },
  { key: "ArrowRight", shown: "→", label: "keys.forward", run: () => seekBy(STEP_MS) },
  { key: "ArrowLeft", shown: "←", label: "keys.back", run: () => seekBy(-STEP_MS) },
  { key: "Shift+ArrowRight", shown: "Shift →", label: "keys.next", run: () => skip(1) },
  { key: "Shift+ArrowLeft", shown: "Shift ←", label: "keys.previous", run: () => skip(-1) },
  { key: "ArrowUp", shown: "↑", label: "keys.louder", run: () => setVolume(playerNow().volume + LOUDER) },
  { key: "ArrowDown", shown: "↓", label: "keys.quieter", run: () => setVolume(playerNow().volume - LOUDER) },
  { key: "m", shown: "M", label: "keys.mute", run: toggleMute },
  { key: "l", shown: "L", label: "keys.like", run: like },
  { key: "q", shown: "Q", label: "keys.queue", run: ({ queue }) => queue() },
  { key: "/", shown: "/", label: "keys.search", run: ({ search }) => search() },
  { key: "Escape", shown: "Esc", label: "keys.escape", run: ({ back }) => back() },
  { key: "?", shown: "?", label: "keys.help", run: () => showShortcuts(!usePane.getState().shortcuts) },
];
