import Pause from "lucide-react-native/icons/pause";
import Play from "lucide-react-native/icons/play";
import { StyleSheet, View } from "react-native";

import { radius, size, type Palette } from "@/theme/tokens";
import { usePalette, useStyles } from "@/theme/useTheme";

import { Press } from "./Press";

interface Props {
  playing: boolean;
  label: string;
  onPress: () => void;
  diameter?: number;
  /** One of many on a page: without the accent's ground. */
  soft?: boolean;
  testID?: string;
}

/** The round button that starts and stops. */
export function PlayButton({ playing, label, onPress, diameter = size.target, soft, testID }: Props) {
  const styles = useStyles(makeStyles);
  const { accent, onAccent } = usePalette();
  const tone = soft ? accent : onAccent;
  const Icon = playing ? Pause : Play;
  return (
    <Press
      label={label}
      onPress={onPress}
      testID={testID}
      style={[styles.button, soft && styles.soft, { width: diameter, height: diameter }]}
    >
      <View style={playing ? undefined : styles.optical}>
        <Icon size={diameter * 0.42} color={tone} fill={tone} aria-hidden />
      </View>
    </Press>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    button: {
      borderRadius: radius.full,
      backgroundColor: palette.accent,
      alignItems: "center",
      justifyContent: "center",
    },
    soft: { backgroundColor: palette.raised },
    optical: { marginStart: 2 }, // a triangle looks centred a little to the side
  });
