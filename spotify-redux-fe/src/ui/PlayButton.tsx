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
  testID?: string;
}

/** The round button that starts and stops. */
export function PlayButton({ playing, label, onPress, diameter = size.target, testID }: Props) {
  const styles = useStyles(makeStyles);
  const { onAccent } = usePalette();
  const Icon = playing ? Pause : Play;
  return (
    <Press label={label} onPress={onPress} testID={testID} style={[styles.button, { width: diameter, height: diameter }]}>
      <View style={playing ? undefined : styles.optical}>
        <Icon size={diameter * 0.42} color={onAccent} fill={onAccent} aria-hidden />
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
    optical: { marginStart: 2 }, // a triangle looks centred a little to the side
  });
