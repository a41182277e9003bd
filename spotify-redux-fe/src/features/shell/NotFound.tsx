import { useRouter } from "expo-router";
import Compass from "lucide-react-native/icons/compass";
import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { EmptyState } from "@/ui/EmptyState";

/** For an address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <View role="main" style={styles.page}>
      <EmptyState
        icon={Compass}
        title={t("not_found.title")}
        text={t("not_found.text")}
        action={{ label: t("not_found.home"), run: () => router.replace("/") }}
      />
    </View>
  );
}

const styles = StyleSheet.create({ page: { flex: 1, justifyContent: "center" } });
