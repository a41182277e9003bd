import { keepPreviousData, useInfiniteQuery, type InfiniteData } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { FOUND_PAGE, search, type Found } from "@/api/calls/songs";
import { keys } from "@/api/keys";
import { wait } from "@/theme/tokens";

/** Songs for what was typed last: earlier questions are given up, and what was found stays until more is. */
export function useSongSearch(typed: string) {
  const q = useSettled(typed.trim());
  const found = useInfiniteQuery({
    queryKey: keys.search(q),
    queryFn: ({ pageParam, signal }) => search(q, pageParam, signal),
    initialPageParam: 0,
    getNextPageParam: (last: Found, pages: Found[]) =>
      last.items.length < FOUND_PAGE ? undefined : pages.length * FOUND_PAGE,
    enabled: q !== "",
    placeholderData: keepPreviousData,
    select: joined,
  });
  const more = (): void => {
    if (found.hasNextPage && !found.isFetching) void found.fetchNextPage();
  };
  return { ...found, more, q, late: found.isPlaceholderData || q !== typed.trim() };
}

const joined = ({ pages }: InfiniteData<Found>) => ({
  items: pages.flatMap((page) => page.items),
  total: pages[0]?.total ?? 0,
});

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait.typing);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
