import AudioLines from "lucide-react-native/icons/audio-lines";
import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { size, space } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";
import { Text } from "@/ui/Text";

interface Props {
  song: Song;
  current?: boolean;
  small?: boolean;
  below?: ReactNode;
}

/** Track over artist; the song that plays is marked by a sign and a colour. */
export function Names({ song, current, small, below }: Props) {
  const { accent } = usePalette();
  return (
    <View style={styles.names}>
      <View style={styles.line}>
        {current ? <AudioLines size={size.iconSmall} color={accent} aria-hidden /> : null}
        <Text
          kind={small ? "label" : "strong"}
          numberOfLines={1}
          color={current ? "accent" : "text"}
          style={styles.track}
        >
          {song.track}
        </Text>
      </View>
      {below ?? (
        <Text kind="small" color="dim" numberOfLines={1}>
          {song.artist}
        </Text>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  names: { flex: 1, minWidth: 0 },
  line: { flexDirection: "row", alignItems: "center", gap: space.xs },
  track: { flexShrink: 1 },
});
