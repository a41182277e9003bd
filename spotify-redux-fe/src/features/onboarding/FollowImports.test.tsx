import { QueryClientProvider } from "@tanstack/react-query";
import { render, waitFor } from "@testing-library/react-native";

import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { json, serve, user } from "@/testing/server";

import { FollowImports } from "./FollowImports";

afterEach(() => queryClient.clear());

test("an import that ends while its dialog is closed makes the account an onboarded one", async () => {
  let read = 0;
  serve({
    "GET /me/imports": () => json({ items: [{ id: "1", state: (read += 1) === 1 ? "running" : "done" }] }),
    "GET /me": () => json(user("a")),
  });
  useSession.setState({ status: "in", token: "a", user: { ...user("a"), onboarded: false } });
  const page = render(
    <QueryClientProvider client={queryClient}>
      <FollowImports />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(useSession.getState().user?.onboarded).toBe(true), { timeout: 4000 });
  page.unmount();
});
