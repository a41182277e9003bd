import { useRouter } from "expo-router";
import Head from "expo-router/head";
import ChevronDown from "lucide-react-native/icons/chevron-down";
import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { useTranslation } from "@/i18n";
import { size, space } from "@/theme/tokens";
import { IconButton } from "@/ui/IconButton";
import { Text } from "@/ui/Text";

import { QueueView } from "./QueueView";

/** The queue as a page. */
export function QueueScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const insets = useSafeAreaInsets();
  const close = () => (router.canGoBack() ? router.back() : router.replace("/"));
  return (
    <View
      role="main"
      style={[styles.page, { paddingTop: insets.top + space.sm, paddingBottom: insets.bottom }]}
    >
      <Head>
        <title>{t("queue.page_title")}</title>
      </Head>
      <View style={styles.head}>
        <IconButton icon={ChevronDown} label={t("queue.close")} onPress={close} />
        <Text kind="heading" heading={1}>
          {t("queue.up_next")}
        </Text>
      </View>
      <QueueView />
    </View>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, width: "100%", maxWidth: size.text, alignSelf: "center" },
  head: { flexDirection: "row", alignItems: "center", gap: space.sm, paddingHorizontal: space.sm },
});
