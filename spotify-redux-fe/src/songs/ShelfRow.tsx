import ChevronLeft from "lucide-react-native/icons/chevron-left";
import ChevronRight from "lucide-react-native/icons/chevron-right";
import { useRef } from "react";
import { FlatList, StyleSheet, View, type NativeScrollEvent } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { play } from "@/stores/player/commands";
import { size, space } from "@/theme/tokens";
import { useRoom } from "@/theme/useTheme";
import { IconButton } from "@/ui/IconButton";
import { PlayButton } from "@/ui/PlayButton";
import { Text } from "@/ui/Text";

import { SongCard } from "./SongCard";

interface Props {
  title: string;
  reason: string;
  songs: readonly Song[];
}

/** A shelf: why it is here, a button that plays all of it, and its songs in a row. */
export function ShelfRow({ title, reason, songs }: Props) {
  const { t } = useTranslation();
  const { grid, rail } = useRoom();
  const list = useRef<FlatList<Song>>(null);
  const seen = useRef<NativeScrollEvent | null>(null);
  const edge = grid ? size.coverWide : size.coverCard;
  const turn = (by: 1 | -1) => {
    const width = seen.current?.layoutMeasurement.width ?? edge * 4;
    const offset = Math.max(0, (seen.current?.contentOffset.x ?? 0) + by * width * 0.8);
    list.current?.scrollToOffset({ offset, animated: true });
  };
  return (
    <View role="region" aria-label={title} style={styles.shelf}>
      <View style={styles.head}>
        <View style={styles.words}>
          <Text kind="heading" heading={2}>
            {title}
          </Text>
          <Text kind="small" color="dim">
            {reason}
          </Text>
        </View>
        {rail ? (
          <IconButton icon={ChevronLeft} label={t("shelf.back", { title })} onPress={() => turn(-1)} />
        ) : null}
        {rail ? (
          <IconButton icon={ChevronRight} label={t("shelf.on", { title })} onPress={() => turn(1)} />
        ) : null}
        <PlayButton soft playing={false} label={t("shelf.play", { title })} onPress={() => play(songs)} />
      </View>
      <FlatList
        ref={list}
        horizontal
        data={songs as Song[]}
        keyExtractor={(song) => song.song_id}
        initialNumToRender={8}
        showsHorizontalScrollIndicator={false}
        onScroll={({ nativeEvent }) => (seen.current = nativeEvent)}
        scrollEventThrottle={100}
        contentContainerStyle={styles.cards}
        renderItem={({ item }) => <SongCard song={item} edge={edge} onPlay={() => play([item])} />}
      />
    </View>
  );
}

const styles = StyleSheet.create({
  shelf: { gap: space.md },
  head: { flexDirection: "row", alignItems: "center", gap: space.xs, paddingHorizontal: space.lg },
  words: { flex: 1 },
  cards: { gap: space.lg, paddingHorizontal: space.lg },
});
