import VolumeOn from "lucide-react-native/icons/volume-2";
import VolumeOff from "lucide-react-native/icons/volume-x";
import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { setVolume, toggleMute } from "@/stores/player/commands";
import { usePlayer } from "@/stores/player/state";
import { IconButton } from "@/ui/IconButton";
import { Slider } from "@/ui/Slider";

const STEP = 5;
const FULL = 100;

/** How loud. */
export function Volume() {
  const { t } = useTranslation();
  const muted = usePlayer((state) => state.muted);
  const volume = usePlayer((state) => state.volume);
  const shown = muted ? 0 : volume * FULL;
  return (
    <View style={styles.row}>
      <IconButton
        icon={muted ? VolumeOff : VolumeOn}
        label={t(muted ? "player.unmute" : "player.mute")}
        onPress={toggleMute}
      />
      <View style={styles.slider}>
        <Slider
          label={t("player.volume")}
          value={shown}
          max={FULL}
          step={STEP}
          valueText={(value) => t("player.percent", { value: Math.round(value) })}
          onChange={(value) => setVolume(value / FULL)}
        />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center" },
  slider: { width: 96 },
});
