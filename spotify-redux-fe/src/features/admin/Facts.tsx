import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";

import { space } from "@/theme/tokens";
import { Text } from "@/ui/Text";

/** Facts below one another. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <View role="list" style={styles.all}>
      {children}
    </View>
  );
}

/** What something is called, and beside it what it is. */
export function Fact({ label, value }: { label: string; value: string }) {
  return (
    <View role="listitem" style={styles.fact}>
      <Text color="dim" style={styles.label}>
        {label}
      </Text>
      <Text style={styles.value}>{value}</Text>
    </View>
  );
}

/** Something by its name with its state, and a line about it. */
export function Entry({ name, state, line }: { name: string; state: string; line: string }) {
  return (
    <View role="listitem" style={styles.entry}>
      <View style={styles.head}>
        <Text kind="strong">{name}</Text>
        <Text kind="small" color="dim">
          {state}
        </Text>
      </View>
      <Text kind="small" color="dim">
        {line}
      </Text>
    </View>
  );
}

const NAMES = 140;

const styles = StyleSheet.create({
  all: { alignSelf: "stretch", gap: space.md },
  fact: { flexDirection: "row", gap: space.md },
  label: { width: NAMES },
  value: { flex: 1 },
  head: { flexDirection: "row", flexWrap: "wrap", columnGap: space.md, alignItems: "baseline" },
  entry: { gap: space.xxs },
});
