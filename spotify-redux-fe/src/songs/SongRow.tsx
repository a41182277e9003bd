import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { openSongMenu } from "@/stores/songMenu";
import { radius, size, space } from "@/theme/tokens";
import { Press } from "@/ui/Press";

import { LikeButton } from "./LikeButton";
import { MenuButton } from "./MenuButton";
import { Names } from "./Names";
import { SongCover } from "./SongCover";
import { useIsCurrent } from "./useCurrent";

interface Props {
  song: Song;
  onPlay: () => void;
  below?: ReactNode;
  trailing?: ReactNode;
  /** Whether the row keeps clear of the page's edges by itself: lists that recycle rows give them none. */
  inset?: boolean;
}

/** A song in a list: a press plays it. */
export function SongRow({ song, onPlay, below, trailing, inset }: Props) {
  const { t } = useTranslation();
  const current = useIsCurrent(song.song_id);
  return (
    <View style={[styles.row, inset && styles.inset]}>
      <Press
        label={t("song.play", { track: song.track, artist: song.artist })}
        onPress={onPlay}
        onLongPress={() => openSongMenu(song)}
        style={styles.main}
      >
        <SongCover song={song} edge={size.cover} />
        <Names song={song} current={current} below={below} />
      </Press>
      {trailing ?? (
        <>
          <LikeButton song={song} />
          <MenuButton song={song} />
        </>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", minHeight: size.row },
  inset: { paddingHorizontal: space.lg },
  main: {
    flex: 1,
    minWidth: 0,
    flexDirection: "row",
    alignItems: "center",
    gap: space.md,
    minHeight: size.row,
    borderRadius: radius.sm,
  },
});
