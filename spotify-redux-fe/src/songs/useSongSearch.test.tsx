import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react-native";
import type { ReactNode } from "react";

import { queryClient } from "@/api/queryClient";
import { calls, json, serve, song } from "@/testing/server";

import { useSongSearch } from "./useSongSearch";

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);

afterEach(() => queryClient.clear());

test("what was found goes on behind its first page, to its end", async () => {
  const all = Array.from({ length: 50 }, (_, at) => song(String(at)));
  const asked = serve({
    "GET /catalog/search": ({ query }) => {
      const from = Number(query.get("offset"));
      return json({ items: all.slice(from, from + Number(query.get("limit"))), total: all.length });
    },
  });
  const { result, unmount } = renderHook(() => useSongSearch("artist"), { wrapper });
  await waitFor(() => expect(result.current.data?.items).toHaveLength(40));
  expect(result.current.data?.total).toBe(50);
  act(() => result.current.more());
  await waitFor(() => expect(result.current.data?.items).toEqual(all));
  expect(result.current.hasNextPage).toBe(false);
  expect(calls(asked, "GET /catalog/search").map(({ query }) => query.get("offset"))).toEqual(["0", "40"]);
  unmount();
});
