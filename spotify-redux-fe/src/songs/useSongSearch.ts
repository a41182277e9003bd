import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { search } from "@/api/calls/songs";
import { keys } from "@/api/keys";
import { wait } from "@/theme/tokens";

/** Songs for what was typed last: earlier questions are given up, and what was found stays until more is. */
export function useSongSearch(typed: string) {
  const q = useSettled(typed.trim());
  const found = useQuery({
    queryKey: keys.search(q),
    queryFn: ({ signal }) => search(q, signal),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  return { ...found, q, late: found.isPlaceholderData || q !== typed.trim() };
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait.typing);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
