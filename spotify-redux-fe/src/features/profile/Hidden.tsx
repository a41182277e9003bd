import { useMutation, useQuery } from "@tanstack/react-query";
import { StyleSheet, View } from "react-native";

import { hidden, type HiddenOne } from "@/api/calls/library";
import { keys } from "@/api/keys";
import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { explain } from "@/stores/explain";
import { suggestAgain } from "@/stores/hidden";
import { say } from "@/stores/toast";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";

/** Songs and artists that are not suggested, each with a way back. */
export function Hidden() {
  const { t } = useTranslation();
  const known = useQuery({ queryKey: keys.hidden, queryFn: hidden });
  if (known.error) return <Gap error={known.error} onRetry={() => void known.refetch()} />;
  if (known.data === null) return <Text color="dim">{t("problem.absent")}</Text>;
  if (known.data?.length === 0) return <Text color="dim">{t("hidden.none")}</Text>;
  return (
    <View style={styles.all}>
      {known.data?.map((one) => (
        <Line key={`${one.song_id} ${one.artist}`} one={one} />
      ))}
    </View>
  );
}

function Line({ one }: { one: HiddenOne }) {
  const { t } = useTranslation();
  const name = one.song_id ?? one.artist ?? "";
  const again = useMutation({
    mutationFn: () => suggestAgain(one.song_id ? { song_id: name } : { artist: name }),
    onError: (error) => say(explain(problemIn(error))),
  });
  const date = one.until && new Date(one.until).toLocaleDateString(undefined, { dateStyle: "medium" });
  return (
    <View style={styles.line}>
      <View style={styles.words}>
        <Text>{name}</Text>
        {date ? (
          <Text kind="small" color="dim">
            {t("hidden.until", { date })}
          </Text>
        ) : null}
      </View>
      <Button look="quiet" label={t("hidden.show")} onPress={() => again.mutate()} busy={again.isPending} />
    </View>
  );
}

const styles = StyleSheet.create({
  all: { alignSelf: "stretch", gap: space.sm },
  line: { flexDirection: "row", alignItems: "center" },
  words: { flex: 1 },
});
