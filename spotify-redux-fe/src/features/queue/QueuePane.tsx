import X from "lucide-react-native/icons/x";
import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { toggleQueuePane } from "@/stores/pane";
import { size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";
import { IconButton } from "@/ui/IconButton";
import { Text } from "@/ui/Text";

import { QueueView } from "./QueueView";

/** The queue beside the page. */
export default function QueuePane() {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  return (
    <View role="complementary" aria-label={t("queue.up_next")} style={styles.pane}>
      <View style={styles.head}>
        <Text kind="heading" heading={2} style={styles.title}>
          {t("queue.up_next")}
        </Text>
        <IconButton icon={X} label={t("queue.close")} onPress={toggleQueuePane} />
      </View>
      <QueueView />
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    pane: {
      width: size.pane,
      backgroundColor: palette.surface,
      borderStartWidth: size.line,
      borderStartColor: palette.line,
    },
    head: {
      flexDirection: "row",
      alignItems: "center",
      paddingStart: space.lg,
      paddingEnd: space.sm,
      paddingTop: space.md,
    },
    title: { flex: 1 },
  });
