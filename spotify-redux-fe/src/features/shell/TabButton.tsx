import type { TabTriggerSlotProps } from "expo-router/ui";
import type { LucideIcon } from "lucide-react-native";
import { Pressable, StyleSheet } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { usePalette, useRoom, useStyles } from "@/theme/useTheme";
import { Text } from "@/ui/Text";

interface Props extends TabTriggerSlotProps {
  icon: LucideIcon;
  label: string;
}

/** One tab; the page that is open is told by its filled ground and, to screen readers, by aria-current. */
export function TabButton({ icon: Icon, label, isFocused, children: _, style: _style, ...trigger }: Props) {
  const styles = useStyles(makeStyles);
  const palette = usePalette();
  const { rail } = useRoom();
  const here = { "aria-current": isFocused ? "page" : undefined } as object;
  return (
    <Pressable
      {...(trigger as object)}
      {...here}
      role="link"
      aria-label={label}
      style={[styles.tab, rail && styles.tabRail, isFocused && rail && styles.here]}
    >
      <Icon
        size={size.icon}
        color={isFocused ? palette.text : palette.dim}
        strokeWidth={isFocused ? 2.5 : 2}
        aria-hidden
      />
      <Text kind="caption" color={isFocused ? "text" : "dim"} style={isFocused && styles.strong}>
        {label}
      </Text>
    </Pressable>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    tab: {
      flexGrow: 1,
      minHeight: size.tabBar,
      alignItems: "center",
      justifyContent: "center",
      gap: space.xxs,
      borderRadius: radius.md,
    },
    tabRail: { flexGrow: 0, minHeight: size.row },
    here: { backgroundColor: palette.raised },
    strong: { fontFamily: "Figtree_600SemiBold" },
  });
