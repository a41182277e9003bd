/** The words of the API that screens use. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Song = Schemas["SongOut"];
export type Metadata = Schemas["MetadataOut"];
export type Status = Schemas["AdminStatusOut"];

export interface Words {
  code: string;
  text: string;
  song?: Song | null;
  artist?: string | null;
  count?: number | null;
}

export interface Shelf {
  id: string;
  title: string;
  reason: string;
  items: Song[];
}

export interface LikedSong extends Song {
  liked_at?: string;
}
