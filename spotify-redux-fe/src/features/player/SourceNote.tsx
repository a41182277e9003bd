import { Linking } from "react-native";

import { useMetadata } from "@/api/metadata";
import type { Song } from "@/api/types";
import { useTranslation } from "@/i18n";
import { usePlayer } from "@/stores/player/state";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";

const PROVIDERS: Record<string, string> = {
  itunes: "Apple Music",
  deezer: "Deezer",
  musicbrainz: "MusicBrainz",
};

/** Says what one hears: half a minute of the song, or nothing but the bar. */
export function SourceNote({ short }: { short?: boolean }) {
  const { t } = useTranslation();
  const source = usePlayer((state) => state.source);
  return (
    <Text kind="caption" color="faint" numberOfLines={short ? 1 : undefined}>
      {t(short ? `player.${source}_short` : `player.${source}`)}
    </Text>
  );
}

/** Names and links who gave cover and preview, as their terms ask. */
export function Attribution({ song }: { song: Song }) {
  const { t } = useTranslation();
  const attribution = useMetadata(song.song_id)?.attribution;
  if (!attribution) return null;
  const provider = PROVIDERS[attribution.provider] ?? attribution.provider;
  return (
    <Button
      look="quiet"
      label={t("player.listen_at", { provider })}
      onPress={() => void Linking.openURL(attribution.url)}
    />
  );
}
