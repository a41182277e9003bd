import type { LucideIcon } from "lucide-react-native";
import { StyleSheet, View } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { usePalette, useStyles } from "@/theme/useTheme";

import { Button } from "./Button";
import { Text } from "./Text";

interface Props {
  icon: LucideIcon;
  title: string;
  text?: string;
  action?: { label: string; run: () => void };
  alert?: boolean;
}

/** What a page says where it has nothing to show: why, and what to do. */
export function EmptyState({ icon: Icon, title, text, action, alert }: Props) {
  const styles = useStyles(makeStyles);
  const palette = usePalette();
  return (
    <View style={styles.box} role={alert ? "alert" : undefined}>
      <View style={styles.badge}>
        <Icon size={size.icon + space.sm} color={palette.dim} aria-hidden />
      </View>
      <Text kind="heading" heading={2} style={styles.centre}>
        {title}
      </Text>
      {text ? (
        <Text color="dim" style={styles.centre}>
          {text}
        </Text>
      ) : null}
      {action ? <Button label={action.label} onPress={action.run} look="secondary" /> : null}
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    box: { alignItems: "center", justifyContent: "center", gap: space.md, padding: space.xxl },
    badge: { padding: space.lg, borderRadius: radius.full, backgroundColor: palette.surface },
    centre: { textAlign: "center", maxWidth: size.form },
  });
