import SkipBack from "lucide-react-native/icons/skip-back";
import SkipForward from "lucide-react-native/icons/skip-forward";
import { StyleSheet, View } from "react-native";

import { useTranslation } from "@/i18n";
import { skip, toggle } from "@/stores/player/commands";
import { usePlayer } from "@/stores/player/state";
import { size, space } from "@/theme/tokens";
import { IconButton } from "@/ui/IconButton";
import { PlayButton } from "@/ui/PlayButton";

/** Back, play or pause, on. */
export function Controls({ large }: { large?: boolean }) {
  const { t } = useTranslation();
  const playing = usePlayer((state) => state.playing);
  const icon = large ? size.icon * 1.4 : size.icon;
  return (
    <View style={[styles.row, large && styles.large]}>
      <IconButton
        icon={SkipBack}
        filled
        label={t("player.previous")}
        onPress={() => skip(-1)}
        iconSize={icon}
        color="text"
      />
      <PlayButton
        playing={playing}
        label={t(playing ? "player.pause" : "player.play")}
        onPress={toggle}
        diameter={large ? size.playLarge : size.target}
        testID="toggle"
      />
      <IconButton
        icon={SkipForward}
        filled
        label={t("player.next")}
        onPress={() => skip(1)}
        iconSize={icon}
        color="text"
      />
    </View>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", justifyContent: "center", gap: space.sm },
  large: { gap: space.xxl },
});
