import { user } from "@/testing/server";

import { amend, begin, useSession } from "./session";

const now = () => useSession.getState().user;

test("who chooses songs again does so whatever the server says, until it ends here", async () => {
  await begin({ access_token: "a", user: user("a") });
  amend({ onboarded: false, choosing: true });
  amend(user("a"));
  await begin({ access_token: "b", user: user("a") }); // a renewal
  expect(now()).toEqual({ ...user("a"), choosing: true });
  amend({ choosing: false });
  expect(now()?.choosing).toBe(false);
});

test("the next account chooses nothing because another one did", async () => {
  await begin({ access_token: "a", user: user("a") });
  amend({ choosing: true });
  await begin({ access_token: "b", user: user("b") });
  expect(now()).toEqual(user("b"));
});
