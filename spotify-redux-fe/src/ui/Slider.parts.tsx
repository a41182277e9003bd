import { useRef, useState } from "react";
import { StyleSheet, View, type GestureResponderEvent } from "react-native";

import { radius, size, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import type { SliderProps } from "./Slider";
import { Text } from "./Text";

/** The rail, its filled part and the thumb. The value follows the finger and is taken when it lifts. */
export function Track({ value, max, valueText, onChange, rtl }: SliderProps & { rtl: boolean }) {
  const styles = useStyles(makeStyles);
  const [width, setWidth] = useState(0);
  const [held, setHeld] = useState<number | null>(null);
  const start = useRef({ page: 0, at: 0 });
  const shown = held ?? value;
  const share = max > 0 ? Math.min(1, Math.max(0, shown / max)) : 0;
  const valueAt = (x: number) =>
    width > 0 ? max * Math.min(1, Math.max(0, (rtl ? width - x : x) / width)) : 0;
  const grant = ({ nativeEvent }: GestureResponderEvent) => {
    start.current = { page: nativeEvent.pageX, at: nativeEvent.locationX };
    setHeld(valueAt(nativeEvent.locationX));
  };
  const move = ({ nativeEvent }: GestureResponderEvent) =>
    setHeld(valueAt(start.current.at + nativeEvent.pageX - start.current.page));
  const release = ({ nativeEvent }: GestureResponderEvent) => {
    onChange(valueAt(start.current.at + nativeEvent.pageX - start.current.page));
    setHeld(null);
  };
  return (
    <View
      style={styles.area}
      onLayout={({ nativeEvent }) => setWidth(nativeEvent.layout.width)}
      onStartShouldSetResponder={() => true}
      onMoveShouldSetResponder={() => true}
      onResponderTerminationRequest={() => false}
      onResponderGrant={grant}
      onResponderMove={move}
      onResponderRelease={release}
      onResponderTerminate={() => setHeld(null)}
    >
      <View style={styles.rail} pointerEvents="none">
        <View style={[styles.filled, { width: `${share * 100}%` }]} />
      </View>
      <View style={[styles.thumb, { start: share * Math.max(0, width - size.thumb) }]} pointerEvents="none" />
      {held === null ? null : (
        <View
          style={[styles.bubble, { start: Math.min(share * width, width - BUBBLE) }]}
          pointerEvents="none"
        >
          <Text kind="caption">{valueText(held)}</Text>
        </View>
      )}
    </View>
  );
}

const BUBBLE = 48;

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    area: {
      minHeight: 40,
      justifyContent: "center",
      userSelect: "none",
      cursor: "pointer",
      touchAction: "none",
    } as object,
    rail: {
      height: size.track,
      borderRadius: radius.full,
      backgroundColor: palette.edge,
      overflow: "hidden",
    },
    filled: { height: "100%", backgroundColor: palette.accent },
    thumb: {
      position: "absolute",
      width: size.thumb,
      height: size.thumb,
      borderRadius: radius.full,
      backgroundColor: palette.text,
    },
    bubble: {
      position: "absolute",
      bottom: 34,
      paddingHorizontal: space.sm,
      paddingVertical: space.xs,
      borderRadius: radius.sm,
      backgroundColor: palette.raised,
      borderWidth: size.line,
      borderColor: palette.edge,
    },
  });
