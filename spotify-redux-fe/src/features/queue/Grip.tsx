import { View } from "react-native";

import { size } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";

import { gripStyles, type GripProps } from "./gripStyles";

/** The handle of a row; screen readers move it by actions. */
export function Grip({ label, icon: Icon, onMove }: GripProps) {
  const { faint } = usePalette();
  return (
    <View
      accessible
      role="slider"
      aria-label={label}
      accessibilityActions={[{ name: "increment" }, { name: "decrement" }]}
      onAccessibilityAction={({ nativeEvent }) => onMove(nativeEvent.actionName === "increment" ? -1 : 1)}
      style={gripStyles.grip}
    >
      <Icon size={size.icon} color={faint} aria-hidden />
    </View>
  );
}
