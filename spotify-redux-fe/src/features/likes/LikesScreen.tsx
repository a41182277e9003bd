import { LegendList } from "@legendapp/list/react-native";
import Head from "expo-router/head";
import Heart from "lucide-react-native/icons/heart";
import SearchX from "lucide-react-native/icons/search-x";
import { useState } from "react";
import { StyleSheet, View } from "react-native";

import type { LikesSort } from "@/api/calls/library";
import type { LikedSong } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { SongRow } from "@/songs/SongRow";
import { play } from "@/stores/player/commands";
import { size, space } from "@/theme/tokens";
import { EmptyState } from "@/ui/EmptyState";
import { RowSkeleton, Waiting } from "@/ui/Skeleton";
import { Text } from "@/ui/Text";

import { LikesHead } from "./LikesHead";
import { filtered } from "./filtered";
import { useLikedSongs } from "./useLikedSongs";

/** Liked songs: sort, search, play all, shuffle all. */
export function LikesScreen() {
  const { t } = useTranslation();
  const [sort, setSort] = useState<LikesSort>("recent");
  const [q, setQ] = useState("");
  const liked = useLikedSongs();
  const songs = filtered(liked.data ?? [], sort, q);
  return (
    <View style={styles.page}>
      <Head>
        <title>{t("likes.page_title")}</title>
      </Head>
      <View style={styles.head}>
        <Text kind="display" heading={1}>
          {t("likes.title")}
        </Text>
        {liked.data && liked.data.length > 0 ? (
          <LikesHead count={liked.data.length} songs={songs} sort={sort} onSort={setSort} q={q} onQ={setQ} />
        ) : null}
      </View>
      <Body liked={liked} songs={songs} q={q} />
    </View>
  );
}

interface BodyProps {
  liked: ReturnType<typeof useLikedSongs>;
  songs: readonly LikedSong[];
  q: string;
}

function Body({ liked, songs, q }: BodyProps) {
  const { t } = useTranslation();
  if (liked.data === undefined) {
    if (liked.error) return <Gap error={liked.error} onRetry={() => void liked.refetch()} />;
    return <Loading />;
  }
  if (liked.data.length === 0)
    return <EmptyState icon={Heart} title={t("likes.empty")} text={t("likes.empty_text")} />;
  if (songs.length === 0) return <EmptyState icon={SearchX} title={t("search.none", { q })} />;
  return (
    <LegendList
      data={songs as LikedSong[]}
      keyExtractor={(song) => song.song_id}
      estimatedItemSize={size.row}
      recycleItems
      style={styles.all}
      contentContainerStyle={styles.end}
      testID="likes"
      renderItem={({ item, index }) => <SongRow inset song={item} onPlay={() => play(songs, index)} />}
    />
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <Waiting label={t("common.loading")}>
      <View style={styles.list}>
        {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
          <RowSkeleton key={row} />
        ))}
      </View>
    </Waiting>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, width: "100%", maxWidth: size.page },
  head: { paddingHorizontal: space.lg, paddingTop: space.lg, paddingBottom: space.sm, gap: space.md },
  all: { flex: 1 },
  end: { paddingBottom: space.xxl },
  list: { paddingHorizontal: space.lg, paddingBottom: space.xxl },
});
