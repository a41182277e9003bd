import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { seek } from "@/stores/player/commands";
import { usePlayer } from "@/stores/player/state";
import { space } from "@/theme/tokens";
import { Slider } from "@/ui/Slider";
import { Text } from "@/ui/Text";

import { clock } from "./time";

const STEP_MS = 5000;

/** Where the song is, between two times; both are told to screen readers as one. */
export function SeekBar({ below }: { below?: boolean }) {
  const { t } = useTranslation();
  const position = usePlayer((state) => Math.floor(state.positionMs / 1000) * 1000);
  const duration = usePlayer((state) => state.durationMs);
  const spoken = (ms: number) => t("player.position", { at: clock(ms), of: clock(duration) });
  const slider = (
    <Slider
      label={t("player.seek")}
      value={Math.min(position, duration)}
      max={duration}
      step={STEP_MS}
      valueText={spoken}
      onChange={seek}
      testID="seek"
    />
  );
  const times = [position, duration].map((ms, at) => (
    <Text key={at} kind="caption" color="dim" style={styles.time} aria-hidden>
      {clock(ms)}
    </Text>
  ));
  if (below) {
    return (
      <View>
        {slider}
        <View style={styles.ends}>{times}</View>
      </View>
    );
  }
  return (
    <View style={styles.line}>
      {times[0]}
      <View style={styles.slider}>{slider}</View>
      {times[1]}
    </View>
  );
}

const styles = StyleSheet.create({
  line: { flexDirection: "row", alignItems: "center", gap: space.sm },
  slider: { flex: 1 },
  ends: { flexDirection: "row", justifyContent: "space-between" },
  time: { fontVariant: ["tabular-nums"], minWidth: 34, textAlign: "center" },
});
