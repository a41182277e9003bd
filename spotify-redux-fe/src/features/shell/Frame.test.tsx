import { act, render, screen } from "@testing-library/react-native";
import { StyleSheet, Text } from "react-native";
import { SafeAreaInsetsContext, useSafeAreaInsets, type EdgeInsets } from "react-native-safe-area-context";

import { setReachable } from "@/api/connection";
import { serve } from "@/testing/server";
import { space } from "@/theme/tokens";

import { Frame } from "./Frame";

const CLOCK = 47;
const NOTCH = 59;
const insets = Object.fromEntries([
  ["top", CLOCK],
  ["bottom", 34],
  ["left", 0],
  ["right", NOTCH],
]) as unknown as EdgeInsets;

function Page() {
  const words = `${useSafeAreaInsets().top} px for the clock`;
  return <Text>{words}</Text>;
}

const paddings = (): object[] =>
  screen.UNSAFE_getAllByProps({}).map(({ props }) => (StyleSheet.flatten(props.style) ?? {}) as object);

test("the banner leaves room for the clock, and the page below it no more; both keep off a notch", () => {
  serve({});
  const { unmount } = render(
    <SafeAreaInsetsContext.Provider value={insets}>
      <Frame>
        <Page />
      </Frame>
    </SafeAreaInsetsContext.Provider>,
  );
  expect(screen.getByText(`${CLOCK} px for the clock`)).toBeTruthy();
  expect(paddings()).toContainEqual(expect.objectContaining({ paddingHorizontal: NOTCH }));
  act(() => setReachable(false));
  expect(screen.getByText("0 px for the clock")).toBeTruthy();
  expect(paddings()).toContainEqual(expect.objectContaining({ paddingTop: CLOCK + space.sm }));
  unmount();
});
