import type { LucideIcon } from "lucide-react-native";
import { ActivityIndicator, StyleSheet } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { usePalette, useStyles } from "@/theme/useTheme";

import { Press } from "./Press";
import { Text } from "./Text";

type Look = "primary" | "secondary" | "quiet" | "danger";

interface Props {
  label: string;
  onPress: () => void;
  look?: Look;
  icon?: LucideIcon;
  busy?: boolean;
  disabled?: boolean;
  wide?: boolean;
  testID?: string;
}

const ink: Record<Look, keyof Palette> = {
  primary: "onAccent",
  secondary: "text",
  quiet: "accent",
  danger: "danger",
};

/** A button with words. */
export function Button({
  label,
  onPress,
  look = "primary",
  icon: Icon,
  busy,
  disabled,
  wide,
  testID,
}: Props) {
  const styles = useStyles(makeStyles);
  const palette = usePalette();
  const off = disabled || busy;
  return (
    <Press
      label={label}
      onPress={onPress}
      disabled={off}
      busy={busy}
      testID={testID}
      style={[styles.button, styles[look], wide && styles.wide, disabled && styles.off]}
    >
      {busy ? <ActivityIndicator size="small" color={palette[ink[look]]} aria-hidden /> : null}
      {Icon && !busy ? <Icon size={size.iconSmall} color={palette[ink[look]]} aria-hidden /> : null}
      <Text kind="label" color={ink[look]}>
        {label}
      </Text>
    </Press>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    button: {
      minHeight: size.target,
      paddingHorizontal: space.lg,
      paddingVertical: space.sm,
      borderRadius: radius.full,
      flexDirection: "row",
      alignItems: "center",
      justifyContent: "center",
      gap: space.sm,
      borderWidth: size.line,
      borderColor: "transparent",
    },
    primary: { backgroundColor: palette.accent },
    secondary: { borderColor: palette.edge },
    quiet: {},
    danger: { borderColor: palette.danger },
    wide: { alignSelf: "stretch" },
    off: { opacity: 0.5 },
  });
