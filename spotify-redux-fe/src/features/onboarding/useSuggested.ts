import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { suggestions } from "@/api/calls/songs";
import { keys } from "@/api/keys";

import { keepSeen } from "./keepSeen";

/** Songs to pick from: what was seen before the last pick stays, and nearer songs follow it. */
export function useSuggested(picked: readonly string[]) {
  const query = useQuery({
    queryKey: keys.suggestions(picked),
    queryFn: () => suggestions(picked),
    placeholderData: (before) => before,
  });
  const [seen, setSeen] = useState({ answer: query.data, songs: query.data });
  if (query.data !== seen.answer) {
    const songs = query.data ? keepSeen(seen.songs ?? [], picked, query.data) : seen.songs;
    setSeen({ answer: query.data, songs });
  }
  return { ...query, songs: seen.songs };
}
