import { QueryObserver } from "@tanstack/react-query";

import { allLikes } from "@/api/calls/library";
import { keys } from "@/api/keys";
import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { json, later, serve, settled, user } from "@/testing/server";

import { isLiked, setLiked } from "./likes";

beforeEach(() => useSession.setState({ status: "in", user: user("a"), token: "a" }));
afterEach(() => queryClient.clear());

test("a like that is had back while the list is fetched again is sent", async () => {
  const slow = later();
  let fetched = 0;
  const asked = serve({
    "GET /me/likes": () => ((fetched += 1) === 1 ? json({ items: [], next_cursor: null }) : slow.answer),
  });
  const list = new QueryObserver(queryClient, {
    queryKey: keys.likes("recent", ""),
    queryFn: () => allLikes(),
  });
  const close = list.subscribe(() => undefined);
  await settled();

  setLiked("Artist - A", false);
  await settled();
  setLiked("Artist - A", true, "2026-01-02T03:04:05Z");
  await settled();

  expect(asked.map((one) => one.call).filter((call) => call !== "GET /me/likes")).toEqual([
    "DELETE /me/likes",
    "POST /me/likes",
  ]);
  expect(asked.find((one) => one.call === "POST /me/likes")?.body).toEqual({
    song_id: "Artist - A",
    liked_at: "2026-01-02T03:04:05Z",
  });
  expect(isLiked("Artist - A")).toBe(true);
  slow.give(json({ items: [], next_cursor: null }));
  close();
});
