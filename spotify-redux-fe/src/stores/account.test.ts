import { putQueue } from "@/api/calls/library";
import { queryClient } from "@/api/queryClient";
import { onOtherUser, useSession, type Granted } from "@/api/session";
import { calls, json, later, quiet, serve, song, until, user } from "@/testing/server";

import { handOver, signIn, signOut } from "./account";
import { isLiked, setLiked } from "./likes";
import { flush } from "./listens";
import { play } from "./player/commands";
import { engine } from "./player/engine";
import { playerNow, setPlayer } from "./player/state";
import { queueNow } from "./queue";
import { say, useToast } from "./toast";

// as in a browser, whose cookie no script reads
jest.mock("@/platform/secrets", () => ({
  keepsSecrets: false,
  readSecret: async () => null,
  keepSecret: async () => undefined,
  forgetSecret: async () => undefined,
}));

const granted = (name: string): Granted => ({ access_token: name, user: user(name) });

async function listenAs(name: string): Promise<() => void> {
  await signIn(granted(name));
  const stop = engine.start();
  play([song("A")]);
  await until(() => playerNow().durationMs > 0);
  setPlayer({ positionMs: 5000 });
  return stop;
}

afterEach(() => queryClient.clear());

test("the song that plays at log-out counts for whoever leaves", async () => {
  const asked = serve({});
  const stop = await listenAs("a");
  await signOut();
  await signIn(granted("b"));
  await flush();
  stop();
  expect(calls(asked, "POST /me/listens").map((one) => one.token)).toEqual(["a"]);
  const order = asked.map((one) => one.call);
  expect(order.indexOf("POST /me/listens")).toBeLessThan(order.indexOf("POST /auth/logout"));
});

test("what a busy server did not take at log-out is not counted for the next account", async () => {
  const asked = serve({ "POST /me/listens": () => json({}, 503) });
  const stop = await listenAs("a");
  await signOut();
  await signIn(granted("b"));
  await flush();
  await quiet();
  stop();
  const tokens = calls(asked, "POST /me/listens").map((one) => one.token);
  expect(new Set(tokens)).toEqual(new Set(["a"]));
});

test("the next account is offered no Undo of the one before", async () => {
  serve({});
  await signIn(granted("a"));
  say("Your queue was replaced", { label: "Undo", run: () => undefined });
  await signOut();
  expect(useToast.getState().toast).toBeNull();
  expect(queueNow().entries).toEqual([]);
});

test("where another tab signed somebody else in, nothing is asked as them, and nothing is left for them", async () => {
  const asked = serve({
    "PUT /me/queue": () => json({ code: "token_expired" }, 401),
    "POST /auth/refresh": () => json(granted("b")),
  });
  onOtherUser(handOver);
  const stop = await listenAs("a");
  setLiked("Artist - A", true);
  const queue = { items: [], index: 0, position_ms: 0, device: "" };
  await expect(putQueue(queue, null)).rejects.toThrow("signed_out");
  await quiet();
  stop();
  expect(calls(asked, "PUT /me/queue").map((one) => one.token)).toEqual(["a"]);
  expect(calls(asked, "POST /me/listens").filter((one) => one.token === "b")).toEqual([]);
  expect(useSession.getState().user?.id).toBe("b");
  expect(queueNow().entries).toEqual([]);
  expect(isLiked("Artist - A")).toBe(false);
});

test("a request of one account is not repeated for the next", async () => {
  const asked = serve({
    "PUT /me/queue": async () => {
      await signOut();
      await signIn(granted("b"));
      return json({ code: "token_expired" }, 401);
    },
  });
  await signIn(granted("a"));
  const queue = { items: [], index: 0, position_ms: 0, device: "" };
  await expect(putQueue(queue, null)).rejects.toThrow("signed_out");
  expect(calls(asked, "PUT /me/queue")).toHaveLength(1);
});

test("a server that does not answer keeps nobody from leaving", async () => {
  const never = later();
  const asked = serve({ "POST /me/listens": () => never.answer });
  const stop = await listenAs("a");
  await signOut();
  stop();
  expect(calls(asked, "POST /auth/logout")).toHaveLength(1);
  never.give(json({}));
});
