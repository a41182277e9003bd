import { useQuery } from "@tanstack/react-query";
import { useRouter } from "expo-router";
import Head from "expo-router/head";
import ChevronLeft from "lucide-react-native/icons/chevron-left";
import { ScrollView, StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { status } from "@/api/calls/admin";
import { keys } from "@/api/keys";
import type { Status } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { size, space } from "@/theme/tokens";
import { IconButton } from "@/ui/IconButton";
import { Section } from "@/ui/Section";
import { RowSkeleton, Waiting } from "@/ui/Skeleton";
import { Text } from "@/ui/Text";

import { Fact, Facts } from "./Facts";
import { Imports } from "./Imports";
import { Limits } from "./Limits";
import { Model } from "./Model";
import { Sets } from "./Sets";
import { number } from "./words";

/** The server as its operator sees it; nothing here changes anything. */
export function AdminScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const insets = useSafeAreaInsets();
  const known = useQuery({ queryKey: keys.status, queryFn: status, retry: false });
  const back = () => (router.canGoBack() ? router.back() : router.replace("/profile"));
  return (
    <ScrollView role="main" contentContainerStyle={[styles.page, { paddingTop: insets.top + space.sm }]}>
      <Head>
        <title>{t("admin.page_title")}</title>
      </Head>
      <View style={styles.head}>
        <IconButton icon={ChevronLeft} label={t("admin.back")} onPress={back} />
        <Text kind="display" heading={1}>
          {t("admin.title")}
        </Text>
      </View>
      {known.error ? <Gap error={known.error} onRetry={() => void known.refetch()} /> : null}
      {known.isPending ? (
        <Waiting label={t("admin.title")}>
          <RowSkeleton />
          <RowSkeleton />
        </Waiting>
      ) : null}
      {known.data ? <Sections status={known.data} /> : null}
    </ScrollView>
  );
}

function Sections({ status: now }: { status: Status }) {
  const { t } = useTranslation();
  const { version, environment, database, counts } = now;
  return (
    <>
      <Text color="dim">{t("admin.runs", { version, environment, database })}</Text>
      <Section title={t("admin.model")}>
        <Model model={now.model} now={now.generated_at} />
      </Section>
      <Section title={t("admin.history")}>
        <Sets sets={now.training_history} />
      </Section>
      <Section title={t("admin.kept")}>
        <Facts>
          <Fact label={t("admin.users")} value={number(counts.users)} />
          <Fact label={t("admin.sessions")} value={number(counts.sessions)} />
          <Fact label={t("admin.likes")} value={number(counts.likes)} />
          <Fact label={t("admin.listens")} value={number(counts.listens)} />
        </Facts>
      </Section>
      <Section title={t("admin.imports")}>
        <Imports imports={now.imports} />
      </Section>
      <Section title={t("admin.limits")}>
        <Limits limits={now.limits} signup={now.signup} />
      </Section>
    </>
  );
}

const styles = StyleSheet.create({
  page: {
    padding: space.lg,
    paddingBottom: space.huge,
    gap: space.xxl,
    width: "100%",
    maxWidth: size.text,
    alignSelf: "center",
  },
  head: { flexDirection: "row", alignItems: "center", gap: space.sm },
});
