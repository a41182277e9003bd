import X from "lucide-react-native/icons/x";
import { StyleSheet, View } from "react-native";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { SongCover } from "@/songs/SongCover";
import { radius, size, space, type Palette } from "@/theme/tokens";
import { usePalette, useRoom, useStyles } from "@/theme/useTheme";
import { Button } from "@/ui/Button";
import { Press } from "@/ui/Press";
import { Text } from "@/ui/Text";

interface Props {
  picked: readonly Song[];
  onRemove: (song: Song) => void;
  onContinue: () => void;
  busy: boolean;
}

const LEAST = 3;
const MOST = 5;

/** What was picked so far, how many are still wanted, and the way on. */
export function Chosen({ picked, onRemove, onContinue, busy }: Props) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const { grid } = useRoom();
  const missing = LEAST - picked.length;
  const count =
    missing > 0
      ? t("onboarding.missing", { count: missing })
      : t("onboarding.ready", { count: picked.length });
  return (
    <View style={styles.bar} role="region" aria-label={t("onboarding.chosen")}>
      <View style={[styles.inside, grid && styles.wide]}>
        <View style={styles.slots}>
          {Array.from({ length: MOST }, (_, at) => {
            const song = picked[at];
            return song ? (
              <Slot key={song.song_id} song={song} onRemove={onRemove} />
            ) : (
              <View key={at} style={styles.empty} />
            );
          })}
        </View>
        <View style={[styles.end, grid && styles.endWide]}>
          <Text kind="small" color="dim" role="status" style={styles.count}>
            {count}
          </Text>
          <Button
            label={t("common.continue")}
            onPress={onContinue}
            disabled={missing > 0}
            busy={busy}
            testID="continue"
          />
        </View>
      </View>
    </View>
  );
}

function Slot({ song, onRemove }: { song: Song; onRemove: (song: Song) => void }) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const { text } = usePalette();
  return (
    <Press label={t("onboarding.remove", { track: song.track })} onPress={() => onRemove(song)}>
      <SongCover song={song} edge={size.cover} />
      <View style={styles.cross}>
        <X size={space.md} color={text} aria-hidden />
      </View>
    </Press>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    bar: { backgroundColor: palette.surface, borderTopWidth: size.line, borderTopColor: palette.line },
    inside: { padding: space.lg, gap: space.md, width: "100%", maxWidth: size.page, alignSelf: "center" },
    wide: { flexDirection: "row", alignItems: "center", justifyContent: "space-between" },
    slots: { flexDirection: "row", gap: space.md },
    empty: {
      width: size.cover,
      height: size.cover,
      borderRadius: radius.sm,
      borderWidth: size.line,
      borderStyle: "dashed",
      borderColor: palette.edge,
    },
    cross: {
      position: "absolute",
      top: -space.xs,
      end: -space.xs,
      padding: space.xxs,
      borderRadius: radius.full,
      backgroundColor: palette.raised,
      borderWidth: size.line,
      borderColor: palette.edge,
    },
    end: { flexDirection: "row", alignItems: "center", justifyContent: "space-between", gap: space.lg },
    endWide: { justifyContent: "flex-end" },
    count: { flexShrink: 1 },
  });
