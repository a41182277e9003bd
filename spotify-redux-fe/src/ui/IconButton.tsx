import type { LucideIcon } from "lucide-react-native";
import { StyleSheet, type StyleProp, type ViewStyle } from "react-native";

import { radius, size, type Palette } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";

import { Press } from "./Press";

interface Props {
  icon: LucideIcon;
  label: string;
  onPress: () => void;
  color?: keyof Palette;
  filled?: boolean;
  iconSize?: number;
  pressed?: boolean;
  expanded?: boolean;
  disabled?: boolean;
  style?: StyleProp<ViewStyle>;
  testID?: string;
}

/** A button that is an icon; its label says what it does now. */
export function IconButton({
  icon: Icon,
  color = "dim",
  filled,
  iconSize = size.icon,
  style,
  ...press
}: Props) {
  const palette = usePalette();
  const tone = palette[press.disabled ? "faint" : color];
  return (
    <Press {...press} style={[styles.button, style]}>
      <Icon size={iconSize} color={tone} fill={filled ? tone : "none"} aria-hidden />
    </Press>
  );
}

const styles = StyleSheet.create({
  button: {
    minWidth: size.target,
    minHeight: size.target,
    alignItems: "center",
    justifyContent: "center",
    borderRadius: radius.full,
  },
});
