import { useMutation, useQuery } from "@tanstack/react-query";
import { StyleSheet, View } from "react-native";

import { endSession, sessions, type SignedIn } from "@/api/calls/auth";
import { keys } from "@/api/keys";
import { queryClient } from "@/api/queryClient";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";

import { nameOf } from "./deviceNames";

/** Where the account is signed in. */
export function Sessions() {
  const { t } = useTranslation();
  const known = useQuery({ queryKey: keys.sessions, queryFn: sessions });
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.sessions }),
  });
  if (known.error) return <Gap error={known.error} onRetry={() => void known.refetch()} />;
  if (known.data === null) return <Text color="dim">{t("problem.absent")}</Text>;
  return (
    <View style={styles.all}>
      {known.data?.map((one) => (
        <Line key={one.id} session={one} onEnd={() => end.mutate(one.id)} />
      ))}
    </View>
  );
}

function Line({ session, onEnd }: { session: SignedIn; onEnd: () => void }) {
  const { t } = useTranslation();
  const date = new Date(session.refreshed_at).toLocaleString(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <View style={styles.line}>
      <View style={styles.words}>
        <Text>{nameOf(session.device)}</Text>
        <Text kind="small" color="dim">
          {session.current ? t("profile.session_here") : t("profile.session_seen", { date })}
        </Text>
      </View>
      {session.current ? null : <Button look="quiet" label={t("profile.session_end")} onPress={onEnd} />}
    </View>
  );
}

const styles = StyleSheet.create({
  all: { alignSelf: "stretch", gap: space.sm },
  line: { flexDirection: "row", alignItems: "center" },
  words: { flex: 1 },
});
