import { useRouter } from "expo-router";
import ListMusic from "lucide-react-native/icons/list-music";
import { StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { LikeButton } from "@/songs/LikeButton";
import { Names } from "@/songs/Names";
import { SongCover } from "@/songs/SongCover";
import { toggleQueuePane, usePane } from "@/stores/pane";
import { size, space, type Palette } from "@/theme/tokens";
import { useRoom, useStyles } from "@/theme/useTheme";
import { IconButton } from "@/ui/IconButton";
import { Press } from "@/ui/Press";

import { Controls } from "./Controls";
import { SeekBar } from "./SeekBar";
import { SourceNote } from "./SourceNote";
import { Volume } from "./Volume";

/** The player of wide windows: the song, the controls, the queue and the volume. */
export function WidePlayer({ song }: { song: Song }) {
  const { t } = useTranslation();
  const router = useRouter();
  const styles = useStyles(makeStyles);
  const { pane } = useRoom();
  const open = usePane((state) => state.queue) && pane;
  const queue = () => (pane ? toggleQueuePane() : router.push("/queue"));
  return (
    <View style={styles.deck} role="region" aria-label={t("player.label")}>
      <View style={styles.side}>
        <Press
          label={t("player.open", { track: song.track })}
          onPress={() => router.push("/player")}
          style={styles.song}
        >
          <SongCover song={song} edge={size.play} />
          <Names song={song} />
        </Press>
        <LikeButton song={song} />
      </View>
      <View style={styles.middle}>
        <Controls />
        <SeekBar />
      </View>
      <View style={[styles.side, styles.end]}>
        <View style={styles.note}>
          <SourceNote short />
        </View>
        <IconButton
          icon={ListMusic}
          label={t("queue.title")}
          expanded={pane ? open : undefined}
          color={open ? "accent" : "dim"}
          onPress={queue}
        />
        <Volume />
      </View>
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    deck: {
      flexDirection: "row",
      alignItems: "center",
      gap: space.lg,
      minHeight: size.deck,
      paddingHorizontal: space.lg,
      paddingTop: space.sm,
      backgroundColor: palette.surface,
      borderTopWidth: size.line,
      borderTopColor: palette.line,
    },
    side: { flex: 3, minWidth: 0, flexDirection: "row", alignItems: "center", gap: space.xs },
    end: { justifyContent: "flex-end" },
    note: { flexShrink: 1, minWidth: 0 },
    middle: { flex: 4, minWidth: 0 },
    song: { flexShrink: 1, minWidth: 0, flexDirection: "row", alignItems: "center", gap: space.md },
  });
