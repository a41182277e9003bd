import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { StyleSheet, View } from "react-native";

import { changePassword } from "@/api/calls/auth";
import { problemIn } from "@/api/problem";
import { begin } from "@/api/session";
import { useTranslation } from "@/i18n";
import { explainAt } from "@/stores/explain";
import { say } from "@/stores/toast";
import { size, space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";

/** Another password. */
export function PasswordForm() {
  const { t } = useTranslation();
  const [now, setNow] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword(now, next),
    onSuccess: async (granted) => {
      await begin(granted);
      setNow("");
      setNext("");
      say(t("profile.password_changed"));
    },
  });
  const faults = change.error ? explainAt(problemIn(change.error), FIELDS) : {};
  return (
    <View role="form" aria-label={t("profile.password")} style={styles.form}>
      <TextField
        label={t("profile.password_now")}
        value={now}
        onChangeText={setNow}
        secureTextEntry
        autoComplete="current-password"
        error={faults.current_password ?? faults[""]}
      />
      <TextField
        label={t("profile.password_new")}
        hint={t("auth.password_hint")}
        value={next}
        onChangeText={setNext}
        secureTextEntry
        autoComplete="new-password"
        error={faults.new_password}
      />
      <View style={styles.start}>
        <Button
          look="secondary"
          label={t("profile.password_change")}
          onPress={() => change.mutate()}
          busy={change.isPending}
          disabled={!now || !next}
        />
      </View>
    </View>
  );
}

const FIELDS = ["current_password", "new_password"];

const styles = StyleSheet.create({
  form: { alignSelf: "stretch", gap: space.md, maxWidth: size.form },
  start: { alignItems: "flex-start" },
});
