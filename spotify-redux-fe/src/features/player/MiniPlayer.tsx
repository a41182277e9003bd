import { useRouter } from "expo-router";
import SkipForward from "lucide-react-native/icons/skip-forward";
import { useRef } from "react";
import { StyleSheet, View, type GestureResponderEvent } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { LikeButton } from "@/songs/LikeButton";
import { Names } from "@/songs/Names";
import { SongCover } from "@/songs/SongCover";
import { skip, toggle } from "@/stores/player/commands";
import { usePlayer } from "@/stores/player/state";
import { size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";
import { IconButton } from "@/ui/IconButton";
import { PlayButton } from "@/ui/PlayButton";
import { Press } from "@/ui/Press";

const SWIPE = 48;

/** The small player; a swipe to either side skips, buttons do the same. */
export function MiniPlayer({ song }: { song: Song }) {
  const { t } = useTranslation();
  const router = useRouter();
  const styles = useStyles(makeStyles);
  const playing = usePlayer((state) => state.playing);
  const swipe = useSwipe();
  return (
    <View style={styles.deck} role="region" aria-label={t("player.label")} {...swipe}>
      <Progress />
      <View style={styles.row}>
        <Press
          label={t("player.open", { track: song.track })}
          onPress={() => router.push("/player")}
          style={styles.song}
        >
          <SongCover song={song} edge={size.target} />
          <Names song={song} small />
        </Press>
        <LikeButton song={song} />
        <PlayButton
          playing={playing}
          label={t(playing ? "player.pause" : "player.play")}
          onPress={toggle}
          testID="toggle"
        />
        <IconButton icon={SkipForward} filled label={t("player.next")} onPress={() => skip(1)} color="text" />
      </View>
    </View>
  );
}

function Progress() {
  const styles = useStyles(makeStyles);
  const share = usePlayer((state) => (state.durationMs > 0 ? state.positionMs / state.durationMs : 0));
  return (
    <View style={styles.rail} aria-hidden>
      <View style={[styles.filled, { width: `${Math.min(1, share) * 100}%` }]} />
    </View>
  );
}

function useSwipe() {
  const from = useRef({ x: 0, y: 0 });
  const onTouchStart = ({ nativeEvent }: GestureResponderEvent) => {
    from.current = { x: nativeEvent.pageX, y: nativeEvent.pageY };
  };
  const onTouchEnd = ({ nativeEvent }: GestureResponderEvent) => {
    const across = nativeEvent.pageX - from.current.x;
    const down = Math.abs(nativeEvent.pageY - from.current.y);
    if (Math.abs(across) > SWIPE && down < SWIPE) skip(across < 0 ? 1 : -1);
  };
  return { onTouchStart, onTouchEnd };
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    deck: { backgroundColor: palette.raised },
    rail: { height: size.ring, backgroundColor: palette.line },
    filled: { height: "100%", backgroundColor: palette.accent },
    row: { flexDirection: "row", alignItems: "center", minHeight: size.miniBar, paddingHorizontal: space.sm },
    song: {
      flex: 1,
      minWidth: 0,
      flexDirection: "row",
      alignItems: "center",
      gap: space.md,
      minHeight: size.target,
    },
  });
