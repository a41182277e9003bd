import { useQuery } from "@tanstack/react-query";
import Head from "expo-router/head";
import { useState } from "react";
import { KeyboardAvoidingView, ScrollView, StyleSheet, View } from "react-native";

import { config } from "@/api/calls/auth";
import { forgetServer, useConnection } from "@/api/connection";
import { keys } from "@/api/keys";
import { useTranslation } from "@/i18n";
import { asksForServer, serverDefault } from "@/platform/serverDefault";
import { radius, size, space, type Palette } from "@/theme/tokens";
import { useRoom, useStyles } from "@/theme/useTheme";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { Mark } from "@/ui/Mark";
import { Text } from "@/ui/Text";

import { AccountForm, type Mode } from "./AccountForm";
import { ServerForm } from "./ServerForm";

/** Log in, or sign up; on a phone, first which server. */
export function LoginScreen() {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const { grid } = useRoom();
  const server = useConnection((state) => state.base);
  return (
    <KeyboardAvoidingView behavior="padding" style={styles.page} role="main">
      <Head>
        <title>{t("auth.page_title")}</title>
      </Head>
      <ScrollView contentContainerStyle={styles.scroll} keyboardShouldPersistTaps="handled">
        <View style={[styles.box, grid && styles.card]}>
          <View style={styles.brand}>
            <Mark />
            <Text kind="title" heading={1}>
              {t("app.name")}
            </Text>
            <Text color="dim" style={styles.centre}>
              {t("auth.lead")}
            </Text>
          </View>
          {server === null ? <ServerForm /> : <Account server={server} />}
        </View>
      </ScrollView>
    </KeyboardAvoidingView>
  );
}

function Account({ server }: { server: string }) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const [mode, setMode] = useState<Mode>("login");
  const { data } = useQuery({ queryKey: keys.config(server), queryFn: config });
  const open = data?.signup !== "closed";
  const modes = [
    { value: "login", label: t("auth.login") },
    { value: "signup", label: t("auth.signup") },
  ] as const;
  return (
    <View style={styles.form}>
      {open ? <Choice label={t("auth.mode")} options={modes} value={mode} onChange={setMode} /> : null}
      <AccountForm key={mode} mode={mode} invited={data?.signup === "invite"} />
      {asksForServer && serverDefault === null ? <Server address={server} /> : null}
    </View>
  );
}

/** Which server is meant, and the way to another. */
function Server({ address }: { address: string }) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  return (
    <View style={styles.brand}>
      <Text kind="small" color="dim" style={styles.centre}>
        {t("server.at", { address })}
      </Text>
      <Button look="quiet" label={t("server.change")} onPress={() => void forgetServer()} />
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    page: { flex: 1, backgroundColor: palette.bg },
    scroll: { flexGrow: 1, justifyContent: "center", alignItems: "center", padding: space.lg },
    box: { width: "100%", maxWidth: size.form, gap: space.xl },
    card: {
      padding: space.xxl,
      borderRadius: radius.md,
      backgroundColor: palette.surface,
      borderWidth: size.line,
      borderColor: palette.line,
    },
    brand: { alignItems: "center", gap: space.sm },
    centre: { textAlign: "center" },
    form: { gap: space.lg },
  });
