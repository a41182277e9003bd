import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { deleteMe } from "@/api/calls/auth";
import { forgetServer } from "@/api/connection";
import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { asksForServer } from "@/platform/serverDefault";
import { signOut } from "@/stores/account";
import { explain } from "@/stores/explain";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Text } from "@/ui/Text";
import { TextField } from "@/ui/TextField";

/** The end of an account; on phones also another server. */
export function Danger() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const leave = () => void signOut().then(forgetServer);
  return (
    <>
      {asksForServer ? <Button look="secondary" label={t("server.change")} onPress={leave} /> : null}
      <Button look="danger" label={t("profile.delete")} onPress={() => setAsking(true)} />
      {asking ? <Deletion onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function Deletion({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const remove = useMutation({ mutationFn: () => deleteMe(password), onSuccess: signOut });
  const fault = remove.error ? explain(problemIn(remove.error)) : null;
  return (
    <Dialog title={t("profile.delete")} closeLabel={t("common.close")} onClose={onClose}>
      <Text color="dim">{t("profile.delete_text")}</Text>
      <TextField
        label={t("auth.password")}
        value={password}
        onChangeText={setPassword}
        secureTextEntry
        autoComplete="current-password"
        error={fault}
        onSubmitEditing={() => password && remove.mutate()}
      />
      <Button
        look="danger"
        label={t("profile.delete_now")}
        onPress={() => remove.mutate()}
        busy={remove.isPending}
        disabled={!password}
      />
    </Dialog>
  );
}
