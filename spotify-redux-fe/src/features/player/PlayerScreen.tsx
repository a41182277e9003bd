import { useRouter } from "expo-router";
import Head from "expo-router/head";
import ChevronDown from "lucide-react-native/icons/chevron-down";
import EyeOff from "lucide-react-native/icons/eye-off";
import ListMusic from "lucide-react-native/icons/list-music";
import Music from "lucide-react-native/icons/music";
import { ScrollView, StyleSheet, useWindowDimensions, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { LikeButton } from "@/songs/LikeButton";
import { MenuButton } from "@/songs/MenuButton";
import { SongCover } from "@/songs/SongCover";
import { useCurrent } from "@/songs/useCurrent";
import { notForMe } from "@/stores/hidden";
import { size, space } from "@/theme/tokens";
import { useRoom } from "@/theme/useTheme";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { IconButton } from "@/ui/IconButton";
import { Text } from "@/ui/Text";

import { Controls } from "./Controls";
import { SeekBar } from "./SeekBar";
import { Attribution, SourceNote } from "./SourceNote";

/** The full player. */
export function PlayerScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const entry = useCurrent();
  const insets = useSafeAreaInsets();
  const close = () => (router.canGoBack() ? router.back() : router.replace("/"));
  return (
    <ScrollView
      role="main"
      contentContainerStyle={[
        styles.page,
        { paddingTop: insets.top + space.sm, paddingBottom: insets.bottom + space.xl },
      ]}
    >
      <Head>
        <title>{entry ? `${entry.song.track} · ${entry.song.artist}` : t("player.title")}</title>
      </Head>
      <View style={styles.head}>
        <IconButton icon={ChevronDown} label={t("player.close")} onPress={close} />
        <Text kind="label" heading={1} color="dim">
          {t("player.title")}
        </Text>
        {entry ? <MenuButton song={entry.song} /> : <View style={styles.spacer} />}
      </View>
      {entry ? <NowPlaying song={entry.song} /> : <Silence onClose={close} />}
    </ScrollView>
  );
}

function NowPlaying({ song }: { song: Song }) {
  const { t } = useTranslation();
  const router = useRouter();
  const { rail } = useRoom();
  const { width, height } = useWindowDimensions();
  const edge = Math.max(160, Math.min(width - space.xxl * 2, height - (rail ? 160 : 400), size.form));
  return (
    <View style={[styles.song, rail && styles.beside]}>
      <SongCover song={song} edge={edge} />
      <View style={[styles.words, { maxWidth: Math.max(edge, size.form) }]}>
        <View style={styles.names}>
          <View style={styles.title}>
            <Text kind="title" heading={2}>
              {song.track}
            </Text>
            <Text color="dim">{song.artist}</Text>
          </View>
          <LikeButton song={song} />
        </View>
        <SeekBar below />
        <Controls large />
        <View style={styles.foot}>
          <IconButton icon={EyeOff} label={t("song.hide")} onPress={() => notForMe(song)} />
          <Button
            look="secondary"
            icon={ListMusic}
            label={t("queue.up_next")}
            onPress={() => router.push("/queue")}
          />
        </View>
        <View style={styles.note}>
          <SourceNote />
          <Attribution song={song} />
        </View>
      </View>
    </View>
  );
}

function Silence({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const action = { label: t("player.find"), run: onClose };
  return (
    <EmptyState icon={Music} title={t("player.nothing")} text={t("player.nothing_text")} action={action} />
  );
}

const styles = StyleSheet.create({
  page: { flexGrow: 1, paddingHorizontal: space.lg, gap: space.lg },
  head: { flexDirection: "row", alignItems: "center", justifyContent: "space-between" },
  spacer: { width: size.target },
  song: { flexGrow: 1, alignItems: "center", justifyContent: "center", gap: space.xl },
  beside: { flexDirection: "row", gap: space.huge },
  words: { width: "100%", gap: space.md },
  names: { flexDirection: "row", alignItems: "center" },
  title: { flex: 1, minWidth: 0, gap: space.xs },
  foot: { flexDirection: "row", alignItems: "center", justifyContent: "space-between", paddingTop: space.sm },
  note: { alignItems: "center", gap: space.xs },
});
