import { render, screen } from "@testing-library/react-native";

import { useSession } from "@/api/session";
import { serve, user } from "@/testing/server";

import { Gate } from "./Gate";

let mockPath = "/";
jest.mock("expo-router", () => ({
  usePathname: () => mockPath,
  Redirect: ({ href }: { href: string }) => href,
}));

test.each([
  ["who chooses songs again goes to onboarding", "/", true, "/onboarding"],
  ["and stays there", "/onboarding", true, null],
  ["who is onboarded goes home from there", "/onboarding", false, "/"],
])("%s", (_name, path, choosing, href) => {
  serve({});
  mockPath = path;
  useSession.setState({ status: "in", token: "a", user: { ...user("a"), choosing } });
  render(<Gate />);
  expect(screen.toJSON()).toBe(href);
});
