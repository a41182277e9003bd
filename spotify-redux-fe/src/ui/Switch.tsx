import { StyleSheet, View } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import { Press } from "./Press";
import { Text } from "./Text";

interface Props {
  label: string;
  hint?: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
}

/** A line with a switch at its end; all of the line turns it. */
export function Switch({ label, hint, on, onChange, disabled }: Props) {
  const styles = useStyles(makeStyles);
  return (
    <Press
      label={label}
      role="switch"
      checked={on}
      onPress={() => onChange(!on)}
      disabled={disabled}
      style={styles.line}
    >
      <View style={styles.words}>
        <Text kind="body">{label}</Text>
        {hint ? (
          <Text kind="small" color="dim">
            {hint}
          </Text>
        ) : null}
      </View>
      <View style={[styles.track, on && styles.trackOn]}>
        <View style={[styles.knob, on && styles.knobOn]} />
      </View>
    </Press>
  );
}

const KNOB = 18;

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    line: {
      flexDirection: "row",
      alignItems: "center",
      gap: space.lg,
      minHeight: size.target,
      paddingVertical: space.sm,
    },
    words: { flex: 1 },
    track: {
      width: KNOB * 2 + space.sm,
      padding: space.xxs + 1,
      borderRadius: radius.full,
      borderWidth: size.line,
      borderColor: palette.edge,
    },
    trackOn: { backgroundColor: palette.accent, borderColor: palette.accent },
    knob: { width: KNOB, height: KNOB, borderRadius: radius.full, backgroundColor: palette.edge },
    knobOn: { alignSelf: "flex-end", backgroundColor: palette.onAccent },
  });
