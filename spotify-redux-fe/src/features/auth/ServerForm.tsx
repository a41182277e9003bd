import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { StyleSheet, View } from "react-native";

import { addressesOf, chooseServer, fetchInTime } from "@/api/connection";
import { useTranslation } from "@/i18n";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/TextField";

type Fault = "no_address" | "no_answer" | "not_ours";

class ServerFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault);
    this.fault = fault;
  }
}

/** Asks for the server's address, once, and says what is wrong with it. */
export function ServerForm() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const check = useMutation({ mutationFn: () => checked(typed), onSuccess: chooseServer });
  const fault =
    check.error instanceof ServerFault ? t(`server.${check.error.fault}`, { address: typed }) : null;
  return (
    <View style={styles.form}>
      <TextField
        label={t("server.address")}
        hint={t("server.hint")}
        placeholder={t("server.placeholder")}
        value={typed}
        onChangeText={setTyped}
        error={fault}
        inputMode="url"
        autoCapitalize="none"
        autoCorrect={false}
        onSubmitEditing={() => check.mutate()}
      />
      <Button
        label={t("server.connect")}
        onPress={() => check.mutate()}
        busy={check.isPending}
        disabled={!typed.trim()}
        wide
      />
    </View>
  );
}

const HEALTH = "/health";

/** The first address at which a server of ours answers. */
async function checked(typed: string): Promise<string> {
  let fault = new ServerFault("no_address");
  for (const address of addressesOf(typed)) {
    try {
      return await answeredAt(address);
    } catch (error) {
      // that something answers tells more than that nothing does at another address
      if (error instanceof ServerFault && fault.fault !== "not_ours") fault = error;
    }
  }
  throw fault;
}

/** Where a server of ours answers: the address, or the one that it leads to. */
async function answeredAt(address: string): Promise<string> {
  let response: Response;
  try {
    response = await fetchInTime(`${address}${HEALTH}`);
  } catch {
    throw new ServerFault("no_answer");
  }
  const said = (await response.json().catch(() => null)) as { status?: string; artifacts?: string } | null;
  if (!response.ok || said?.artifacts === undefined) throw new ServerFault("not_ours");
  return response.url.endsWith(HEALTH) ? response.url.slice(0, -HEALTH.length) : address;
}

const styles = StyleSheet.create({ form: { gap: space.lg } });
