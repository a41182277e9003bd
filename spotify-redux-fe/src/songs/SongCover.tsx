import { base } from "@/api/connection";
import { useMetadata } from "@/api/metadata";
import type { Song } from "@/api/types";
import { Cover } from "@/ui/Cover";

interface Props {
  song: Song;
  edge: number;
  fill?: boolean;
}

/** A song's cover, once it is known. */
export function SongCover({ song, edge, fill }: Props) {
  const cover = useMetadata(song.song_id)?.cover;
  return (
    <Cover songId={song.song_id} artist={song.artist} url={addressed(cover?.url)} edge={edge} fill={fill} />
  );
}

export function addressed(url: string | undefined): string | null {
  if (!url) return null;
  return url.startsWith("/") ? `${base()}${url}` : url;
}
