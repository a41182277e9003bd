import type { ReactNode, Ref } from "react";
import {
  Platform,
  Pressable,
  type AccessibilityRole,
  type StyleProp,
  type View,
  type ViewStyle,
} from "react-native";

import { motion } from "@/theme/tokens";

interface Props {
  label: string;
  onPress: () => void;
  onLongPress?: () => void;
  children: ReactNode;
  style?: StyleProp<ViewStyle>;
  disabled?: boolean;
  busy?: boolean;
  role?: AccessibilityRole;
  pressed?: boolean;
  expanded?: boolean;
  checked?: boolean;
  testID?: string;
  ref?: Ref<View>;
  href?: string;
}

/** Everything that can be pressed: it has a role and a label, and answers within 80 ms. */
export function Press({
  label,
  children,
  style,
  pressed,
  expanded,
  checked,
  busy,
  disabled,
  role,
  ...rest
}: Props) {
  return (
    <Pressable
      {...rest}
      {...pressedBySpace(role, rest.onPress)}
      role={(role ?? "button") as never}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-checked={checked}
      aria-busy={busy}
      disabled={disabled}
      aria-disabled={disabled}
      style={({ pressed: down }) => [style, transition, down && { opacity: 0.7 }]}
    >
      {children}
    </Pressable>
  );
}

/** React Native for the web lets Space press buttons alone; what is turned on and off is pressed by it as well. */
function pressedBySpace(role: AccessibilityRole | undefined, onPress: () => void): object {
  if (Platform.OS !== "web" || role === undefined || !TURNED.includes(role)) return {};
  const onKeyDown = (event: { key: string; preventDefault: () => void }) => {
    if (event.key !== " ") return;
    event.preventDefault();
    onPress();
  };
  return { onKeyDown };
}

const TURNED: readonly AccessibilityRole[] = ["checkbox", "radio", "switch"];

const transition = (
  Platform.OS === "web"
    ? { transitionProperty: "opacity, background-color", transitionDuration: `${motion.press}ms` }
    : {}
) as ViewStyle;
