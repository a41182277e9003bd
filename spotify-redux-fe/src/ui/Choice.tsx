import { StyleSheet, View } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import { Press } from "./Press";
import { Text } from "./Text";

interface Props<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>({ label, options, value, onChange }: Props<T>) {
  const styles = useStyles(makeStyles);
  return (
    <View role="radiogroup" aria-label={label} style={styles.group}>
      {options.map((option) => {
        const chosen = option.value === value;
        return (
          <Press
            key={option.value}
            role="radio"
            checked={chosen}
            label={option.label}
            onPress={() => onChange(option.value)}
            style={[styles.option, chosen && styles.chosen]}
          >
            <Text kind="label" color={chosen ? "bg" : "text"}>
              {option.label}
            </Text>
          </Press>
        );
      })}
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    group: { flexDirection: "row", flexWrap: "wrap", gap: space.sm },
    option: {
      minHeight: size.target,
      justifyContent: "center",
      paddingHorizontal: space.lg,
      borderRadius: radius.full,
      borderWidth: size.line,
      borderColor: palette.edge,
    },
    chosen: { backgroundColor: palette.text, borderColor: palette.text },
  });
