import { readFileSync } from "node:fs";

import { fireEvent, render, screen } from "@testing-library/react-native";

import { Failed } from "./Failed";

test("what failed can be asked for again", () => {
  const retry = jest.fn(() => Promise.resolve());
  render(<Failed error={new Error("a chunk did not load")} retry={retry} />);
  expect(screen.getByText("This page did not open")).toBeTruthy();
  fireEvent.press(screen.getByRole("button", { name: "Reload" }));
  expect(retry).toHaveBeenCalledTimes(1);
});

test.each(["_layout.tsx", "(tabs)/_layout.tsx"])(
  "where a page in src/app/%s does not load, the rest stays",
  (name) => {
    expect(readFileSync(`src/app/${name}`, "utf8")).toContain("Failed as ErrorBoundary");
  },
);
