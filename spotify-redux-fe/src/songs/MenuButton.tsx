import Ellipsis from "lucide-react-native/icons/ellipsis";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { openSongMenu } from "@/stores/songMenu";
import { IconButton } from "@/ui/IconButton";

/** Opens what else can be done with a song. */
export function MenuButton({ song }: { song: Song }) {
  const { t } = useTranslation();
  return (
    <IconButton
      icon={Ellipsis}
      label={t("song.more", { track: song.track })}
      onPress={() => openSongMenu(song)}
    />
  );
}
