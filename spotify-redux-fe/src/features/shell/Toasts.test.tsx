import { act, fireEvent, render, screen } from "@testing-library/react-native";
import { StyleSheet } from "react-native";

import { decline, hush, offer, say } from "@/stores/toast";
import { fakeTime, pass } from "@/testing/time";
import { size, space, wait } from "@/theme/tokens";

import { Toasts } from "./Toasts";

let mockPath = "/";
jest.mock("expo-router", () => ({ usePathname: () => mockPath }));
const mockInset = 34;
jest.mock("react-native-safe-area-context", () => ({ useSafeAreaInsets: () => ({ bottom: mockInset }) }));

beforeEach(fakeTime);

afterEach(() => {
  act(() => (hush(), decline()));
  jest.useRealTimers();
});

const passing = (ms: number): Promise<void> => act(() => pass(ms));
const reload = { label: "Reload", run: () => undefined };

test("what is offered stays until it is used or closed, also where something else is said meanwhile", async () => {
  render(<Toasts />);
  act(() => offer("There is a new version.", reload));
  await passing(2 * wait.toast);
  expect(screen.getByText("There is a new version.")).toBeTruthy();
  act(() => say("A song was added."));
  expect(screen.queryByText("There is a new version.")).toBeNull();
  await passing(wait.toast);
  expect(screen.queryByText("A song was added.")).toBeNull();
  fireEvent.press(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByText("There is a new version.")).toBeNull();
});

test("what is offered is used once", () => {
  const run = jest.fn();
  render(<Toasts />);
  act(() => offer("There is a new version.", { label: "Reload", run }));
  fireEvent.press(screen.getByRole("button", { name: "Reload" }));
  expect(run).toHaveBeenCalledTimes(1);
  expect(screen.queryByRole("button", { name: "Reload" })).toBeNull();
});

test("in onboarding it stands above what was chosen and the way on", () => {
  const bar = mockInset + size.line + 2 * space.lg + size.cover + space.md + size.target;
  mockPath = "/onboarding";
  render(<Toasts />);
  const { bottom, paddingBottom } = StyleSheet.flatten(
    screen.UNSAFE_getAllByProps({ role: "status" })[0]?.props.style,
  );
  expect(bottom + paddingBottom).toBeGreaterThan(bar);
});
