import Check from "lucide-react-native/icons/check";
import SearchX from "lucide-react-native/icons/search-x";
import type { ReactNode } from "react";
import { ScrollView, StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { Names } from "@/songs/Names";
import { SongCover } from "@/songs/SongCover";
import { radius, size, space, type Palette } from "@/theme/tokens";
import { usePalette, useRoom, useStyles } from "@/theme/useTheme";
import { EmptyState } from "@/ui/EmptyState";
import { Press } from "@/ui/Press";
import { CardSkeleton, Waiting } from "@/ui/Skeleton";

interface Props {
  head: ReactNode;
  songs: readonly Song[] | undefined;
  /** Other songs are on their way. */
  busy: boolean;
  error: unknown;
  onRetry: () => void;
  picked: readonly string[];
  onToggle: (song: Song) => void;
  /** What was searched for in vain. */
  none: string | null;
  /** Below the songs. */
  more: ReactNode;
}

/** Songs to pick from, in as many columns as there is room for. */
export function PickGrid({ head, songs, busy, error, onRetry, picked, onToggle, none, more }: Props) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  return (
    <ScrollView contentContainerStyle={styles.scroll} keyboardShouldPersistTaps="handled">
      {head}
      {songs === undefined && error ? <Gap error={error} onRetry={onRetry} /> : null}
      {songs?.length === 0 && none !== null ? (
        <EmptyState icon={SearchX} title={t("search.none", { q: none })} text={t("search.none_text")} />
      ) : null}
      {songs === undefined && !error ? <Loading /> : null}
      <View style={styles.grid} role="group" aria-label={t("onboarding.songs")} aria-busy={busy}>
        {songs?.map((song) => (
          <Pick key={song.song_id} song={song} chosen={picked.includes(song.song_id)} onToggle={onToggle} />
        ))}
      </View>
      {more}
    </ScrollView>
  );
}

/** The edge of a card so that whole columns fill the width. */
function useEdge(): number {
  const { width, grid, rail } = useRoom();
  const inside = Math.min(width, size.page) - space.lg * 2;
  const columns = rail ? 6 : grid ? 4 : 2;
  return Math.floor((inside - space.lg * (columns - 1)) / columns);
}

function Pick({ song, chosen, onToggle }: { song: Song; chosen: boolean; onToggle: (song: Song) => void }) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const { onAccent } = usePalette();
  const edge = useEdge();
  return (
    <Press
      role="checkbox"
      checked={chosen}
      label={t("song.by", { track: song.track, artist: song.artist })}
      onPress={() => onToggle(song)}
      style={[styles.pick, { width: edge }]}
    >
      <View style={[styles.frame, chosen && styles.chosen]}>
        <SongCover song={song} edge={edge} fill />
        {chosen ? (
          <View style={styles.tick}>
            <Check size={size.iconSmall} color={onAccent} strokeWidth={3} aria-hidden />
          </View>
        ) : null}
      </View>
      <Names song={song} small />
    </Press>
  );
}

function Loading() {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const edge = useEdge();
  return (
    <Waiting label={t("common.loading")}>
      <View style={styles.grid}>
        {Array.from({ length: 12 }, (_, at) => (
          <CardSkeleton key={at} edge={edge} />
        ))}
      </View>
    </Waiting>
  );
}

const FRAME = 3;

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    scroll: { paddingHorizontal: space.lg, paddingBottom: space.xxl },
    grid: { flexDirection: "row", flexWrap: "wrap", gap: space.lg },
    pick: { gap: space.sm },
    frame: { borderRadius: radius.sm + FRAME, borderWidth: FRAME, borderColor: "transparent" },
    chosen: { borderColor: palette.accent },
    tick: {
      position: "absolute",
      top: space.sm,
      end: space.sm,
      width: space.xl,
      height: space.xl,
      borderRadius: radius.full,
      alignItems: "center",
      justifyContent: "center",
      backgroundColor: palette.accent,
    },
  });
