import Heart from "lucide-react-native/icons/heart";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { toggleLike, useLikes } from "@/stores/likes";
import { IconButton } from "@/ui/IconButton";

/** The heart of a song. */
export function LikeButton({ song }: { song: Song }) {
  const { t } = useTranslation();
  const liked = useLikes((state) => state.liked[song.song_id] ?? false);
  const label = t(liked ? "song.unlike" : "song.like", { track: song.track });
  return (
    <IconButton
      icon={Heart}
      label={label}
      pressed={liked}
      filled={liked}
      color={liked ? "accent" : "dim"}
      onPress={() => toggleLike(song.song_id)}
    />
  );
}
