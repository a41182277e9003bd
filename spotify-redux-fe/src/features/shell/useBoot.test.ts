import AsyncStorage from "@react-native-async-storage/async-storage";
import { act, renderHook } from "@testing-library/react-native";

import { setReachable } from "@/api/connection";
import { serve, silence } from "@/testing/server";
import { fakeTime, pass } from "@/testing/time";
import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { isLiked } from "@/stores/likes";
import { play, setPlaying } from "@/stores/player/commands";
import { playerNow } from "@/stores/player/state";
import { queueNow, takeOver } from "@/stores/queue";
import { EMPTY } from "@/stores/queueMachine";
import { wait } from "@/theme/tokens";

import { useBoot } from "./useBoot";

// a browser's, whose refresh token is in a cookie
jest.mock("@/platform/secrets", () => ({
  keepsSecrets: false,
  readSecret: () => Promise.resolve(null),
  keepSecret: () => Promise.resolve(),
  forgetSecret: () => Promise.resolve(),
}));

const user = { id: "1", username: "ada", created_at: "2026-01-31T23:36:00Z", onboarded: true };
const song = { song_id: "Artist - a", artist: "Artist", track: "a" };
const held = { items: [{ song_id: song.song_id, added_by: "user" }], index: 0, position_ms: 50_000 };
const heldQueue = () => Response.json(held, { headers: { ETag: '"1"' } });
const granted = () => Response.json({ access_token: "token", user });

const passing = (ms: number): Promise<void> => act(() => pass(ms));

let unmount: () => void;

beforeEach(async () => {
  fakeTime();
  useSession.setState({ status: "starting", user: null, token: null });
  await AsyncStorage.setItem("user", JSON.stringify(user));
});

afterEach(() => {
  unmount();
  setPlaying(false);
  takeOver(EMPTY);
  queryClient.clear();
  jest.useRealTimers();
});

test("what is played plays, whenever the server answers", async () => {
  serve({
    "POST /auth/refresh": granted,
    "GET /me/queue": silence,
    "GET /me/likes/ids": () => Response.json({ ids: [] }),
  });
  ({ unmount } = renderHook(useBoot));
  await passing(1000);
  act(() => play([song]));
  await passing(5000);
  expect(playerNow().positionMs).toBeGreaterThan(3000);
});

test("queue and hearts come where the server is back", async () => {
  let away = true;
  const asked = serve({
    "POST /auth/refresh": () => {
      if (away) throw new TypeError("Failed to fetch");
      return granted();
    },
    "GET /me/queue": heldQueue,
    "GET /me/likes/ids": () => Response.json({ ids: [song.song_id] }),
    "GET /catalog/songs": () => Response.json({ items: [song] }),
  });
  ({ unmount } = renderHook(useBoot));
  await passing(30_000);
  expect(asked.some(({ call }) => call === "GET /me/queue")).toBe(false);
  away = false;
  act(() => setReachable(true));
  await passing(600);
  expect(queueNow().entries).toMatchObject([{ song }]);
  expect(playerNow().positionMs).toBe(50_000);
  await passing(wait.retry);
  expect(isLiked(song.song_id)).toBe(true);
});
