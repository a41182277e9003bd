import Play from "lucide-react-native/icons/play";
import Search from "lucide-react-native/icons/search";
import Shuffle from "lucide-react-native/icons/shuffle";
import { StyleSheet, View } from "react-native";

import type { LikesSort } from "@/api/calls/library";
import type { LikedSong } from "@/api/types";
import { useTranslation } from "@/i18n";
import { play, shuffled } from "@/stores/player/commands";
import { size, space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Text } from "@/ui/Text";
import { TextField } from "@/ui/TextField";

interface Props {
  count: number;
  songs: readonly LikedSong[];
  sort: LikesSort;
  onSort: (sort: LikesSort) => void;
  q: string;
  onQ: (q: string) => void;
}

/** What can be done with all of them. */
export function LikesHead({ count, songs, sort, onSort, q, onQ }: Props) {
  const { t } = useTranslation();
  const orders = (["recent", "artist", "track"] as const).map((value) => ({
    value,
    label: t(`likes.by_${value}`),
  }));
  return (
    <View style={styles.head}>
      <View style={styles.line}>
        <Button
          icon={Play}
          label={t("likes.play_all")}
          onPress={() => play(songs)}
          disabled={songs.length === 0}
        />
        <Button
          look="secondary"
          icon={Shuffle}
          label={t("likes.shuffle")}
          onPress={() => play(shuffled(songs))}
          disabled={songs.length === 0}
        />
        <Text kind="small" color="dim">
          {t("likes.count", { count })}
        </Text>
      </View>
      <View style={styles.line}>
        <View style={styles.field}>
          <TextField
            quiet
            label={t("likes.search")}
            placeholder={t("likes.search")}
            icon={Search}
            value={q}
            onChangeText={onQ}
          />
        </View>
        <Choice label={t("likes.sort")} options={orders} value={sort} onChange={onSort} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  head: { gap: space.md },
  line: { flexDirection: "row", alignItems: "center", flexWrap: "wrap", gap: space.md },
  field: { flexGrow: 1, minWidth: 220, maxWidth: size.form },
});
