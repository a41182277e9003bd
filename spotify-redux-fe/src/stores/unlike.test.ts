import { QueryObserver } from "@tanstack/react-query";

import { allLikes } from "@/api/calls/library";
import { keys } from "@/api/keys";
import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { calls, json, later, quiet, serve, until, user } from "@/testing/server";

import { forgetLikes, isLiked, setLiked } from "./likes";

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
  await until(() => list.getCurrentResult().isSuccess);

  setLiked("Artist - A", false);
  await until(() => calls(asked, "GET /me/likes").length === 2);
  setLiked("Artist - A", true, "2026-01-02T03:04:05Z");
  await until(() => calls(asked, "POST /me/likes").length === 1);

  expect(calls(asked, "DELETE /me/likes")).toHaveLength(1);
  expect(calls(asked, "POST /me/likes")[0]?.body).toEqual({
    song_id: "Artist - A",
    liked_at: "2026-01-02T03:04:05Z",
  });
  expect(isLiked("Artist - A")).toBe(true);
  slow.give(json({ items: [], next_cursor: null }));
  close();
});

test("an unlike that fails when somebody else has signed in shows them no heart", async () => {
  const slow = later();
  serve({ "DELETE /me/likes": () => slow.answer });
  setLiked("Artist - A", false);
  forgetLikes();
  useSession.setState({ user: user("b"), token: "b" });
  slow.give(json({}, 503));
  await quiet();
  expect(isLiked("Artist - A")).toBe(false);
});
