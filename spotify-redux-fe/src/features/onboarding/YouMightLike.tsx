import Play from "lucide-react-native/icons/play";
import { ScrollView, StyleSheet, View } from "react-native";

import { queryClient } from "@/api/queryClient";
import { keys } from "@/api/keys";
import { amend } from "@/api/session";
import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { SongRow } from "@/songs/SongRow";
import { play } from "@/stores/player/commands";
import { size, space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";

/** What goes with the songs that were picked; from here one is home. */
export function YouMightLike({ songs }: { songs: readonly Song[] }) {
  const { t } = useTranslation();
  const home = () => {
    void queryClient.invalidateQueries({ queryKey: keys.shelves });
    amend({ onboarded: true });
  };
  const listen = () => {
    play(songs);
    home();
  };
  return (
    <ScrollView contentContainerStyle={styles.page}>
      <Text kind="display" heading={1}>
        {t("onboarding.might_like")}
      </Text>
      <Text color="dim">{t("onboarding.might_like_text")}</Text>
      <View style={styles.buttons}>
        <Button icon={Play} label={t("onboarding.play_all")} onPress={listen} />
        <Button look="secondary" label={t("onboarding.home")} onPress={home} testID="home" />
      </View>
      <View>
        {songs.map((song, at) => (
          <SongRow key={song.song_id} song={song} onPlay={() => play(songs, at)} />
        ))}
      </View>
    </ScrollView>
  );
}

const styles = StyleSheet.create({
  page: {
    padding: space.lg,
    paddingTop: space.xxl,
    gap: space.md,
    width: "100%",
    maxWidth: size.text,
    alignSelf: "center",
  },
  buttons: { flexDirection: "row", flexWrap: "wrap", gap: space.md },
});
