import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, waitFor } from "@testing-library/react-native";

import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { calls, json, quiet, serve, user } from "@/testing/server";

import { FollowImports } from "./FollowImports";

afterEach(() => queryClient.clear());

const page = (waits: boolean) => (
  <QueryClientProvider client={queryClient}>
    <FollowImports waits={waits} />
  </QueryClientProvider>
);

const signedIn = (choosing: boolean) =>
  useSession.setState({ status: "in", token: "a", user: { ...user("a"), onboarded: false, choosing } });

test.each([
  ["an import that ends while its dialog is closed makes the account an onboarded one", false],
  ["it does so where songs are chosen again, and ends that", true],
])("%s", async (_name, choosing) => {
  let read = 0;
  serve({
    "GET /me/imports": () => json({ items: [{ id: "1", state: (read += 1) === 1 ? "running" : "done" }] }),
    "GET /me": () => json(user("a")),
  });
  signedIn(choosing);
  const { unmount } = render(page(false));
  await waitFor(() => expect(useSession.getState().user).toMatchObject({ onboarded: true }), {
    timeout: 4000,
  });
  expect(useSession.getState().user?.choosing).toBe(false);
  unmount();
});

test("an import of before leads nowhere: songs are chosen again", async () => {
  const asked = serve({
    "GET /me/imports": () => json({ items: [{ id: "1", state: "done" }] }),
    "GET /me": () => json(user("a")),
  });
  signedIn(true);
  const { unmount } = render(page(false));
  await waitFor(() => expect(calls(asked, "GET /me/imports")).toHaveLength(1));
  await act(quiet);
  expect(useSession.getState().user).toMatchObject({ onboarded: false, choosing: true });
  unmount();
});

test("what ends while its dialog is open waits for that", async () => {
  let read = 0;
  const asked = serve({
    "GET /me/imports": () => json({ items: [{ id: "1", state: (read += 1) === 1 ? "running" : "done" }] }),
    "GET /me": () => json(user("a")),
  });
  signedIn(false);
  const { rerender, unmount } = render(page(true));
  await waitFor(() => expect(read).toBe(2), { timeout: 4000 });
  await act(quiet);
  expect(calls(asked, "GET /me")).toHaveLength(0);
  rerender(page(false));
  await waitFor(() => expect(useSession.getState().user?.onboarded).toBe(true));
  unmount();
});
