import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { StyleSheet, View } from "react-native";

import { newToken, revokeToken, tokens } from "@/api/calls/history";
import { base } from "@/api/connection";
import { keys } from "@/api/keys";
import { problemIn } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import { useTranslation } from "@/i18n";
import { explain } from "@/stores/explain";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";
import { TextField } from "@/ui/TextField";

const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.tokens });

/** Tokens by which players tell what they play. */
export function Players() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const known = useQuery({ queryKey: keys.tokens, queryFn: tokens });
  const make = useMutation({
    mutationFn: () => newToken(name.trim()),
    onSuccess: () => (setName(""), refresh()),
  });
  const revoke = useMutation({ mutationFn: revokeToken, onSuccess: refresh });
  const error = make.error ?? revoke.error ?? known.error;
  return (
    <View style={styles.all}>
      {known.data?.map((one) => (
        <View key={one.id} style={styles.line}>
          <View style={styles.words}>
            <Text>{one.name}</Text>
            <Text kind="small" color="dim">
              {t(one.last_used_at ? "profile.token_used" : "profile.token_unused", { prefix: one.prefix })}
            </Text>
          </View>
          <Button look="quiet" label={t("profile.revoke")} onPress={() => revoke.mutate(one.id)} />
        </View>
      ))}
      {make.data ? (
        <View role="status" style={styles.fresh}>
          <Text kind="strong">{t("profile.token_once")}</Text>
          <Text selectable>{make.data.token}</Text>
          <Text kind="small" color="dim" selectable>
            {t("profile.token_url", { url: base() })}
          </Text>
          <Text kind="small" color="dim" selectable>
            {t("profile.token_url_navidrome", { url: `${base()}/1/` })}
          </Text>
        </View>
      ) : null}
      <TextField
        label={t("profile.token_name")}
        placeholder={t("profile.token_placeholder")}
        value={name}
        onChangeText={setName}
      />
      <View style={styles.start}>
        <Button
          look="secondary"
          label={t("profile.token_new")}
          onPress={() => make.mutate()}
          busy={make.isPending}
          disabled={!name.trim()}
        />
      </View>
      {error ? (
        <Text kind="small" color="dim" role="status">
          {explain(problemIn(error))}
        </Text>
      ) : null}
    </View>
  );
}

const styles = StyleSheet.create({
  all: { alignSelf: "stretch", gap: space.md },
  line: { flexDirection: "row", alignItems: "center" },
  words: { flex: 1 },
  fresh: { gap: space.xs },
  start: { alignItems: "flex-start" },
});
