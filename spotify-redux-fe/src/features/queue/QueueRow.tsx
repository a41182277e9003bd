import GripVertical from "lucide-react-native/icons/grip-vertical";
import Sparkles from "lucide-react-native/icons/sparkles";
import X from "lucide-react-native/icons/x";
import { StyleSheet, View } from "react-native";
import Sortable from "react-native-sortables";

import { useTranslation } from "@/i18n";
import { Names } from "@/songs/Names";
import { SongCover } from "@/songs/SongCover";
import { jump } from "@/stores/player/commands";
import { sendToQueue, takeOut } from "@/stores/queue";
import type { Entry } from "@/stores/queueMachine";
import { say } from "@/stores/toast";
import { radius, size, space } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";
import { IconButton } from "@/ui/IconButton";
import { Press } from "@/ui/Press";
import { Text } from "@/ui/Text";

import { Grip } from "./Grip";

interface Props {
  entry: Entry;
  /** Its place in the whole queue, and the first and last it may go to. */
  place: number;
  first: number;
  last: number;
}

/** A song that waits: play it, move it, take it out. */
export function QueueRow({ entry, place, first, last }: Props) {
  const { t } = useTranslation();
  const { song } = entry;
  const move = (to: number) => {
    if (to < first || to > last) return;
    sendToQueue({ type: "move", key: entry.key, to });
    say(t("queue.moved", { track: song.track, place: to - first + 1 }));
  };
  const remove = () => {
    const putBack = takeOut({ type: "remove", key: entry.key });
    say(t("queue.removed", { track: song.track }), { label: t("common.undo"), run: putBack });
  };
  return (
    <View role="listitem" style={styles.row}>
      <Sortable.Handle>
        <Grip
          label={t("queue.move", { track: song.track })}
          onMove={(by) => move(place + by)}
          icon={GripVertical}
        />
      </Sortable.Handle>
      <Press
        label={t("song.play", { track: song.track, artist: song.artist })}
        onPress={() => jump(entry.key)}
        style={styles.main}
      >
        <SongCover song={song} edge={size.target} />
        <Names song={song} small below={entry.by === "auto" ? <Added artist={song.artist} /> : undefined} />
      </Press>
      <IconButton
        icon={X}
        label={t("queue.remove", { track: song.track })}
        onPress={remove}
        iconSize={size.iconSmall}
      />
    </View>
  );
}

/** The mark of a song that was added for the listener. */
function Added({ artist }: { artist: string }) {
  const { t } = useTranslation();
  const { auto } = usePalette();
  return (
    <View style={styles.added}>
      <Sparkles size={size.iconSmall} color={auto} aria-hidden />
      <Text kind="small" color="auto" numberOfLines={1}>
        {t("queue.auto", { artist })}
      </Text>
    </View>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", alignItems: "center", minHeight: size.row },
  main: {
    flex: 1,
    minWidth: 0,
    flexDirection: "row",
    alignItems: "center",
    gap: space.md,
    minHeight: size.target,
    borderRadius: radius.sm,
  },
  added: { flexDirection: "row", alignItems: "center", gap: space.xs },
});
