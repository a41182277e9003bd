import { useRoom } from "@/theme/useTheme";
import { useCurrent } from "@/songs/useCurrent";

import { MiniPlayer } from "./MiniPlayer";
import { WidePlayer } from "./WidePlayer";

/** The player on every tab: a bar that opens the full one on phones, the whole of it where there is room. */
export function Deck() {
  const { rail } = useRoom();
  const entry = useCurrent();
  if (!entry) return null;
  return rail ? <WidePlayer song={entry.song} /> : <MiniPlayer song={entry.song} />;
}
