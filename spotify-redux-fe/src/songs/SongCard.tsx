import { StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { openSongMenu } from "@/stores/songMenu";
import { radius, space } from "@/theme/tokens";
import { Press } from "@/ui/Press";

import { MenuButton } from "./MenuButton";
import { Names } from "./Names";
import { SongCover } from "./SongCover";
import { useIsCurrent } from "./useCurrent";

interface Props {
  song: Song;
  edge: number;
  onPlay: () => void;
}

/** A song on a shelf. */
export function SongCard({ song, edge, onPlay }: Props) {
  const { t } = useTranslation();
  const current = useIsCurrent(song.song_id);
  return (
    <View style={{ width: edge }}>
      <Press
        label={t("song.play", { track: song.track, artist: song.artist })}
        onPress={onPlay}
        onLongPress={() => openSongMenu(song)}
        style={styles.press}
      >
        <SongCover song={song} edge={edge} />
      </Press>
      <View style={styles.caption}>
        <Names song={song} current={current} small />
        <View style={styles.menu}>
          <MenuButton song={song} />
        </View>
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  press: { borderRadius: radius.sm },
  caption: { flexDirection: "row", alignItems: "center", paddingTop: space.xs },
  menu: { marginEnd: -space.md },
});
