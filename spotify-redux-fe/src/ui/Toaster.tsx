import X from "lucide-react-native/icons/x";
import { useEffect } from "react";
import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { radius, size, space, wait, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { Text } from "./Text";

interface Props {
  id: number | null;
  text: string;
  action?: { label: string; run: () => void };
  onDone: () => void;
  /** Of the button that closes it; without one it goes by itself. */
  closeLabel?: string;
  /** At the foot of the page: nothing stands there. */
  low?: boolean;
}

/** What the app says in passing. The region is always there, so that screen readers hear what comes into it. */
export function Toaster({ id, text, action, onDone, closeLabel, low }: Props) {
  const styles = useStyles(makeStyles);
  const { bottom } = useSafeAreaInsets();
  const stays = closeLabel !== undefined;
  useEffect(() => {
    if (id === null || stays) return undefined;
    const timer = setTimeout(onDone, wait.toast);
    return () => clearTimeout(timer);
  }, [id, onDone, stays]);
  const act = () => {
    action?.run();
    onDone();
  };
  return (
    <View
      style={[styles.region, low && styles.low, { paddingBottom: bottom }]}
      pointerEvents="box-none"
      role="status"
      aria-live="polite"
    >
      {id === null ? null : (
        <View style={styles.toast}>
          <Text kind="small" style={styles.text}>
            {text}
          </Text>
          {action ? <Button look="quiet" label={action.label} onPress={act} /> : null}
          {stays ? <IconButton icon={X} label={closeLabel} onPress={onDone} /> : null}
        </View>
      )}
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    region: {
      position: "absolute",
      start: 0,
      end: 0,
      bottom: 148,
      alignItems: "center",
      paddingHorizontal: space.lg,
    },
    low: { bottom: space.lg },
    toast: {
      flexDirection: "row",
      alignItems: "center",
      minHeight: size.target + space.xs,
      maxWidth: size.dialog,
      paddingStart: space.lg,
      paddingEnd: space.sm,
      borderRadius: radius.md,
      borderWidth: size.line,
      borderColor: palette.edge,
      backgroundColor: palette.raised,
      boxShadow: "0 6px 24px rgba(0, 0, 0, 0.3)",
    },
    text: { flexShrink: 1, paddingVertical: space.md, paddingEnd: space.sm },
  });
