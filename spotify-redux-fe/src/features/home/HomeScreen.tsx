import Head from "expo-router/head";
import type { ReactNode } from "react";
import { RefreshControl, ScrollView, StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { setQ, useSearch } from "@/stores/search";
import { size, space } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";
import { Text } from "@/ui/Text";

import { SearchBox } from "./SearchBox";
import { Shelves } from "./Shelves";
import { useShelves } from "./useShelves";

/** Home: search on top; below it what was found, or the shelves. `results` shows what was found. */
export function HomeScreen({ results }: { results: ReactNode }) {
  const { t } = useTranslation();
  const { accent } = usePalette();
  const q = useSearch((state) => state.q);
  const shelves = useShelves();
  const searching = q.trim() !== "";
  const refresh = (
    <RefreshControl
      refreshing={shelves.isRefetching}
      onRefresh={() => void shelves.refetch()}
      tintColor={accent}
    />
  );
  return (
    <View style={styles.page}>
      <Head>
        <title>{t("home.page_title")}</title>
      </Head>
      <View style={styles.head}>
        <Text kind="display" heading={1}>
          {t(searching ? "search.title" : "home.title")}
        </Text>
        <SearchBox q={q} onChange={setQ} />
      </View>
      {searching ? (
        results
      ) : (
        <ScrollView refreshControl={refresh} contentContainerStyle={styles.content}>
          <Shelves shelves={shelves} />
        </ScrollView>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1 },
  head: {
    paddingHorizontal: space.lg,
    paddingTop: space.lg,
    paddingBottom: space.sm,
    gap: space.md,
    maxWidth: size.text,
  },
  content: { gap: space.xxl, paddingTop: space.md, paddingBottom: space.xxl },
});
