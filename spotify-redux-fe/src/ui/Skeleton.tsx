import { useEffect, useState } from "react";
import { StyleSheet, View, type DimensionValue } from "react-native";

import { radius, size, space, wait, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

interface BlockProps {
  width: DimensionValue;
  height: number;
  round?: boolean;
}

/** A box where something will be. */
export function Block({ width, height, round }: BlockProps) {
  const styles = useStyles(makeStyles);
  return <View style={[styles.block, { width, height }, round && styles.round]} />;
}

/** Nothing for a moment, so that what is quick does not flicker; then boxes in the shape of what comes. */
export function Waiting({ children, label }: { children: React.ReactNode; label: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), wait.skeleton);
    return () => clearTimeout(timer);
  }, []);
  return (
    <View role="status" aria-label={label} aria-busy style={shown ? undefined : makeInvisible}>
      {children}
    </View>
  );
}

export function RowSkeleton() {
  return (
    <View style={layout.row}>
      <Block width={size.cover} height={size.cover} />
      <View style={layout.words}>
        <Block width="45%" height={space.lg} />
        <Block width="25%" height={space.md} />
      </View>
    </View>
  );
}

export function CardSkeleton({ edge }: { edge: number }) {
  return (
    <View style={{ gap: space.sm, width: edge }}>
      <Block width={edge} height={edge} />
      <Block width="80%" height={space.lg} />
      <Block width="50%" height={space.md} />
    </View>
  );
}

const makeInvisible = { opacity: 0 } as const;
const layout = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", gap: space.md, minHeight: size.row },
  words: { flex: 1, gap: space.sm },
});
const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    block: { backgroundColor: palette.raised, borderRadius: radius.sm },
    round: { borderRadius: radius.full },
  });
