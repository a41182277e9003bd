import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import { Text } from "./Text";

interface Props {
  title: string;
  lead?: string;
  children: ReactNode;
}

/** A part of the page, under its heading. */
export function Section({ title, lead, children }: Props) {
  const styles = useStyles(makeStyles);
  return (
    <View role="region" aria-label={title} style={styles.section}>
      <Text kind="heading" heading={2}>
        {title}
      </Text>
      {lead ? <Text color="dim">{lead}</Text> : null}
      <View style={styles.box}>{children}</View>
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    section: { gap: space.md },
    box: {
      padding: space.lg,
      gap: space.md,
      alignItems: "flex-start",
      borderRadius: radius.md,
      borderWidth: size.line,
      borderColor: palette.line,
      backgroundColor: palette.surface,
    },
  });
