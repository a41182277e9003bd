import { useRouter } from "expo-router";
import Head from "expo-router/head";
import LogOut from "lucide-react-native/icons/log-out";
import { useState, type ReactNode } from "react";
import { ScrollView, StyleSheet, View } from "react-native";

import { useSession } from "@/api/session";
import { useTranslation } from "@/i18n";
import { signOut } from "@/stores/account";
import { showShortcuts } from "@/stores/pane";
import { size, space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Section } from "@/ui/Section";
import { Text } from "@/ui/Text";

import { Appearance } from "./Appearance";
import { Danger } from "./Danger";
import { Hidden } from "./Hidden";
import { Imports } from "./Imports";
import { Listening } from "./Listening";
import { PasswordForm } from "./PasswordForm";
import { Players } from "./Players";
import { Sessions } from "./Sessions";
import { YourData } from "./YourData";

/** The account and the app's settings. `history` opens the import. */
export function ProfileScreen({ history }: { history: (done: () => void) => ReactNode }) {
  const { t } = useTranslation();
  const [importing, setImporting] = useState(false);
  const router = useRouter();
  const user = useSession((state) => state.user);
  const since = user ? new Date(user.created_at).toLocaleDateString(undefined, { dateStyle: "long" }) : "";
  return (
    <ScrollView contentContainerStyle={styles.page}>
      <Head>
        <title>{t("profile.page_title")}</title>
      </Head>
      <View style={styles.top}>
        <View style={styles.who}>
          <Text kind="display" heading={1}>
            {user?.username}
          </Text>
          <Text color="dim">{t("profile.since", { date: since })}</Text>
        </View>
        <Button
          look="secondary"
          icon={LogOut}
          label={t("profile.log_out")}
          onPress={() => void signOut()}
          testID="log-out"
        />
      </View>
      <Section title={t("profile.listening")}>
        <Listening />
      </Section>
      <Section title={t("hidden.title")} lead={t("hidden.lead")}>
        <Hidden />
      </Section>
      <Section title={t("profile.appearance")}>
        <Appearance />
        <Button look="quiet" label={t("keys.title")} onPress={() => showShortcuts(true)} />
      </Section>
      <Section title={t("profile.data")}>
        <YourData onImport={() => setImporting(true)} />
        <Imports />
      </Section>
      <Section title={t("profile.players")} lead={t("profile.players_lead")}>
        <Players />
      </Section>
      <Section title={t("profile.password")}>
        <PasswordForm />
      </Section>
      <Section title={t("profile.sessions")}>
        <Sessions />
      </Section>
      {user?.role === "admin" ? (
        <Section title={t("profile.server")} lead={t("profile.server_lead")}>
          <Button look="secondary" label={t("profile.server_open")} onPress={() => router.push("/admin")} />
        </Section>
      ) : null}
      <Section title={t("profile.danger")}>
        <Danger />
      </Section>
      {importing ? history(() => setImporting(false)) : null}
    </ScrollView>
  );
}

const styles = StyleSheet.create({
  page: { padding: space.lg, paddingBottom: space.huge, gap: space.xxl, width: "100%", maxWidth: size.text },
  top: { flexDirection: "row", flexWrap: "wrap", alignItems: "center", gap: space.md },
  who: { flexGrow: 1 },
});
