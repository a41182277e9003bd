import Disc3 from "lucide-react-native/icons/disc-3";
import { StyleSheet, View } from "react-native";

import type { Shelf } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { ShelfRow } from "@/songs/ShelfRow";
import { useHidden } from "@/stores/hidden";
import { size, space } from "@/theme/tokens";
import { useRoom } from "@/theme/useTheme";
import { EmptyState } from "@/ui/EmptyState";
import { Block, CardSkeleton, Waiting } from "@/ui/Skeleton";

import type { useShelves } from "./useShelves";

/** The shelves, as far as they are known. */
export function Shelves({ shelves }: { shelves: ReturnType<typeof useShelves> }) {
  const { t } = useTranslation();
  const hidden = useHidden((state) => state.songs);
  if (shelves.data === undefined) {
    if (shelves.error) return <Gap error={shelves.error} onRetry={() => void shelves.refetch()} />;
    return <Skeletons />;
  }
  const shown = shelves.data.map((shelf) => without(shelf, hidden)).filter((shelf) => shelf.items.length > 0);
  if (shown.length === 0)
    return <EmptyState icon={Disc3} title={t("home.empty")} text={t("home.empty_text")} />;
  return shown.map((shelf) => (
    <ShelfRow key={shelf.id} title={shelf.title} reason={shelf.reason} songs={shelf.items} />
  ));
}

function without(shelf: Shelf, hidden: Record<string, true>): Shelf {
  return { ...shelf, items: shelf.items.filter((song) => !hidden[song.song_id]) };
}

function Skeletons() {
  const { t } = useTranslation();
  const { grid } = useRoom();
  const edge = grid ? size.coverWide : size.coverCard;
  return (
    <Waiting label={t("common.loading")}>
      <View style={styles.all}>
        {[0, 1, 2].map((shelf) => (
          <View key={shelf} style={styles.shelf}>
            <View style={styles.head}>
              <Block width={180} height={space.xl} />
              <Block width={240} height={space.lg} />
            </View>
            <View style={styles.cards}>
              {[0, 1, 2, 3, 4, 5, 6, 7].map((card) => (
                <CardSkeleton key={card} edge={edge} />
              ))}
            </View>
          </View>
        ))}
      </View>
    </Waiting>
  );
}

const styles = StyleSheet.create({
  all: { gap: space.xxl },
  shelf: { gap: space.md, paddingHorizontal: space.lg, overflow: "hidden" },
  head: { gap: space.xs },
  cards: { flexDirection: "row", gap: space.lg },
});
