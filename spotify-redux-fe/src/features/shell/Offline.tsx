import CloudOff from "lucide-react-native/icons/cloud-off";
import { useEffect } from "react";
import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { base, fetchInTime, setReachable, useConnection } from "@/api/connection";
import { queryClient } from "@/api/queryClient";
import { useTranslation } from "@/i18n";
import { size, space, wait, type Palette } from "@/theme/tokens";
import { usePalette, useStyles } from "@/theme/useTheme";
import { Text } from "@/ui/Text";

/** Says that the server cannot be reached, for as long as that is so, and looks again. */
export function Offline() {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const { dim } = usePalette();
  const { top } = useSafeAreaInsets();
  const reachable = useConnection((state) => state.reachable);
  useEffect(() => {
    if (reachable) return undefined;
    const timer = setInterval(() => void look(), wait.retry);
    return () => clearInterval(timer);
  }, [reachable]);
  return (
    <View role="status" aria-live="polite">
      {reachable ? null : (
        <View style={[styles.line, { paddingTop: top + space.sm }]}>
          <CloudOff size={size.iconSmall} color={dim} aria-hidden />
          <Text kind="small" color="dim">
            {t("problem.offline_banner")}
          </Text>
        </View>
      )}
    </View>
  );
}

async function look(): Promise<void> {
  try {
    await fetchInTime(`${base()}/health`);
    setReachable(true);
    await queryClient.invalidateQueries();
  } catch {
    // still away: the next look tells
  }
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    line: {
      flexDirection: "row",
      alignItems: "center",
      justifyContent: "center",
      gap: space.sm,
      paddingBottom: space.sm,
      paddingHorizontal: space.lg,
      backgroundColor: palette.surface,
      borderBottomWidth: size.line,
      borderBottomColor: palette.line,
    },
  });
