import SearchX from "lucide-react-native/icons/search-x";
import { useState } from "react";
import { FlatList, StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { MoreFound } from "@/songs/MoreFound";
import { SongRow } from "@/songs/SongRow";
import { useSongSearch } from "@/songs/useSongSearch";
import { play } from "@/stores/player/commands";
import { useSearch } from "@/stores/search";
import { size, space } from "@/theme/tokens";
import { EmptyState } from "@/ui/EmptyState";
import { RowSkeleton, Waiting } from "@/ui/Skeleton";
import { Text } from "@/ui/Text";

/** What was found for what is typed. */
export function Results() {
  const { t } = useTranslation();
  const typed = useSearch((state) => state.q);
  const found = useSongSearch(typed);
  const q = useAnswered(found);
  if (found.data === undefined) {
    if (found.error) return <Gap error={found.error} onRetry={() => void found.refetch()} />;
    return <Loading />;
  }
  const { items, total } = found.data;
  if (items.length === 0 && !found.late) {
    return (
      <EmptyState icon={SearchX} title={t("search.none", { q: found.q })} text={t("search.none_text")} />
    );
  }
  return (
    <View style={styles.all} aria-busy={found.late}>
      <Text kind="small" color="dim" role="status" style={styles.count}>
        {t("search.count", { count: total })}
      </Text>
      <FlatList
        key={q} // the answer to another question begins at its top
        data={items}
        keyExtractor={(song) => song.song_id}
        keyboardShouldPersistTaps="handled"
        style={styles.all}
        contentContainerStyle={styles.end}
        onEndReached={found.isFetchNextPageError ? null : found.more}
        ListFooterComponent={<MoreFound found={found} />}
        renderItem={({ item }) => <SongRow inset song={item} onPlay={() => play([item])} />}
      />
    </View>
  );
}

/** What the songs on the screen answer: the last question, once its own are there. */
function useAnswered({ q, isPlaceholderData }: { q: string; isPlaceholderData: boolean }): string {
  const [answered, setAnswered] = useState(q);
  if (!isPlaceholderData && answered !== q) setAnswered(q);
  return answered;
}

function Loading() {
  const { t } = useTranslation();
  return (
    <Waiting label={t("common.loading")}>
      <View style={styles.list}>
        {[0, 1, 2, 3, 4, 5].map((row) => (
          <RowSkeleton key={row} />
        ))}
      </View>
    </Waiting>
  );
}

const styles = StyleSheet.create({
  all: { flex: 1 },
  count: { paddingHorizontal: space.lg },
  end: { paddingBottom: space.xxl, maxWidth: size.page },
  list: { paddingHorizontal: space.lg, paddingBottom: space.xxl, maxWidth: size.page },
});
