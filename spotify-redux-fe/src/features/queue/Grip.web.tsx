import { View } from "react-native";

import { size } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";

import { gripStyles, type GripProps } from "./gripStyles";

const STEPS: Record<string, 1 | -1> = { ArrowDown: 1, ArrowUp: -1 };

/** The handle of a row: dragged by mouse or touch, moved by the arrows where it has the focus. */
export function Grip({ label, icon: Icon, onMove }: GripProps) {
  const { faint } = usePalette();
  const onKeyDown = (event: { key: string; preventDefault: () => void; stopPropagation: () => void }) => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(by);
  };
  const focusable = { tabIndex: 0, onKeyDown } as object;
  return (
    <View
      {...focusable}
      role="button"
      aria-label={label}
      style={[gripStyles.grip, { cursor: "grab" } as object]}
    >
      <Icon size={size.icon} color={faint} aria-hidden />
    </View>
  );
}
