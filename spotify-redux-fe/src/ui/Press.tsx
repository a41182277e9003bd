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

const transition = (
  Platform.OS === "web"
    ? { transitionProperty: "opacity, background-color", transitionDuration: `${motion.press}ms` }
    : {}
) as ViewStyle;
