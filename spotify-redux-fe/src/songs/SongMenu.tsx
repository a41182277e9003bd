import type { LucideIcon } from "lucide-react-native";
import EyeOff from "lucide-react-native/icons/eye-off";
import Heart from "lucide-react-native/icons/heart";
import ListEnd from "lucide-react-native/icons/list-end";
import ListStart from "lucide-react-native/icons/list-start";
import Radio from "lucide-react-native/icons/radio";
import { StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { notForMe } from "@/stores/hidden";
import { toggleLike, useLikes } from "@/stores/likes";
import { addToQueue, play, playNext } from "@/stores/player/commands";
import { closeSongMenu, useSongMenu } from "@/stores/songMenu";
import { size, space } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";
import { Dialog } from "@/ui/Dialog";
import { Press } from "@/ui/Press";
import { Text } from "@/ui/Text";

import { Names } from "./Names";
import { SongCover } from "./SongCover";

/** The menu of the song that one was opened for. */
export function SongMenu() {
  const song = useSongMenu((state) => state.song);
  return song ? <Menu song={song} /> : null;
}

function Menu({ song }: { song: Song }) {
  const { t } = useTranslation();
  const liked = useLikes((state) => state.liked[song.song_id] ?? false);
  const like = t(liked ? "song.unlike_short" : "song.like_short");
  return (
    <Dialog
      title={t("song.menu", { track: song.track })}
      closeLabel={t("common.close")}
      onClose={closeSongMenu}
      head={
        <View style={styles.song}>
          <SongCover song={song} edge={size.cover} />
          <Names song={song} />
        </View>
      }
    >
      <View>
        <Item icon={Radio} label={t("song.start_from")} run={() => play([song])} />
        <Item icon={ListStart} label={t("song.play_next")} run={() => playNext(song)} />
        <Item icon={ListEnd} label={t("song.add")} run={() => addToQueue(song)} />
        <Item icon={Heart} label={like} run={() => toggleLike(song.song_id)} />
        <Item icon={EyeOff} label={t("song.hide")} run={() => notForMe(song)} />
      </View>
    </Dialog>
  );
}

function Item({ icon: Icon, label, run }: { icon: LucideIcon; label: string; run: () => void }) {
  const { dim } = usePalette();
  const act = () => {
    closeSongMenu();
    run();
  };
  return (
    <Press label={label} onPress={act} style={styles.item}>
      <Icon size={size.icon} color={dim} aria-hidden />
      <Text>{label}</Text>
    </Press>
  );
}

const styles = StyleSheet.create({
  song: {
    flex: 1,
    minWidth: 0,
    flexDirection: "row",
    alignItems: "center",
    gap: space.md,
    paddingVertical: space.xs,
  },
  item: { flexDirection: "row", alignItems: "center", gap: space.lg, minHeight: size.target + space.xs },
});
