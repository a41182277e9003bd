import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react-native";
import { FlatList } from "react-native";

import { queryClient } from "@/api/queryClient";
import { setQ } from "@/stores/search";
import { calls, json, later, serve, song } from "@/testing/server";

import { Results } from "./Results";

afterEach(() => queryClient.clear());

const list = () => screen.UNSAFE_getByType(FlatList).instance as unknown;

test("the answer to another question begins at its top, and until it is there nothing moves", async () => {
  const { answer, give } = later();
  const asked = serve({
    "GET /catalog/search": ({ query }) =>
      query.get("q") === "a" ? json({ items: [song("first")], total: 1 }) : answer,
  });
  setQ("a");
  const { unmount } = render(
    <QueryClientProvider client={queryClient}>
      <Results />
    </QueryClientProvider>,
  );
  await screen.findByText("first");
  const before = list();
  act(() => setQ("b"));
  await waitFor(() => expect(calls(asked, "GET /catalog/search")).toHaveLength(2));
  expect(list()).toBe(before);
  give(json({ items: [song("second")], total: 1 }));
  await screen.findByText("second");
  expect(list()).not.toBe(before);
  unmount();
});
