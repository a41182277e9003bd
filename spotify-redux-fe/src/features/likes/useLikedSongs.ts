import { useQuery } from "@tanstack/react-query";

import { allLikes } from "@/api/calls/library";
import { keys } from "@/api/keys";

/** All liked songs, newest first. */
export function useLikedSongs() {
  return useQuery({ queryKey: keys.likes("recent", ""), queryFn: () => allLikes() });
}
