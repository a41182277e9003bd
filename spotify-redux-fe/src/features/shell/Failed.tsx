import type { ErrorBoundaryProps } from "expo-router";
import TriangleAlert from "lucide-react-native/icons/triangle-alert";
import { Platform, StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { reload } from "@/platform/reload";
import type { Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";
import { EmptyState } from "@/ui/EmptyState";

/** In place of pages of which a part did not load, or failed. A part that did not load is asked for by a new start alone. */
export function Failed({ retry }: ErrorBoundaryProps) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const again = Platform.OS === "web" ? reload : () => void retry();
  return (
    <View role="main" style={styles.page}>
      <EmptyState
        alert
        icon={TriangleAlert}
        title={t("app.failed")}
        text={t("app.failed_text")}
        action={{ label: t("app.reload"), run: again }}
      />
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({ page: { flex: 1, justifyContent: "center", backgroundColor: palette.bg } });
