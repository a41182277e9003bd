import { serve } from "@/testing/server";
import { fakeTime, pass } from "@/testing/time";
import { keys } from "@/api/keys";
import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";

import { forgetLikes, isLiked, loadLikes, recallLikes, setLiked } from "./likes";

let ids: string[] | null;
let slow: number;

beforeEach(() => {
  fakeTime();
  slow = 0;
  serve({
    "GET /me/likes/ids": () => (ids ? Response.json({ ids }) : Response.json({}, { status: 503 })),
    "DELETE /me/likes": () => new Response(null, { status: 204 }),
    "POST /me/likes": async () => {
      await new Promise((resolve) => setTimeout(resolve, slow));
      return Response.json({}, { status: 201 });
    },
  });
  useSession.setState({ status: "in", token: "token" });
  forgetLikes();
});

afterEach(() => {
  queryClient.clear();
  jest.useRealTimers();
});

test("hearts come once a server is no longer busy", async () => {
  ids = null;
  const loaded = loadLikes();
  await pass(60_000);
  ids = ["a"];
  await pass(5000);
  await loaded;
  expect(isLiked("a")).toBe(true);
});

test("what was kept is shown while the server is away, with what was liked since", async () => {
  queryClient.setQueryData(keys.likedIds, ["a", "b"]);
  recallLikes();
  setLiked("b", false);
  setLiked("c", true);
  await pass(400);
  forgetLikes();
  recallLikes();
  expect(["a", "b", "c"].map(isLiked)).toEqual([true, false, true]);
});

test("a list that comes late takes no heart back that is on its way", async () => {
  ids = ["a"];
  slow = 2000;
  setLiked("b", true);
  await Promise.all([loadLikes(), pass(400)]);
  expect(["a", "b"].map(isLiked)).toEqual([true, true]);
});
