import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react-native";

import { queryClient } from "@/api/queryClient";
import { json, serve } from "@/testing/server";

import { Players } from "./Players";

afterEach(() => queryClient.clear());

test("with a token stands the address that each player takes", async () => {
  serve({ "POST /me/tokens": () => json({ id: "1", name: "mpd", token: "secret", created_at: "" }, 201) });
  render(
    <QueryClientProvider client={queryClient}>
      <Players />
    </QueryClientProvider>,
  );
  fireEvent.changeText(screen.getByLabelText("Name of the player"), "mpd");
  fireEvent.press(screen.getByRole("button", { name: "Make a token" }));
  await screen.findByText("secret");
  expect(screen.getByText(/mpd.*: http:\/\/server$/)).toBeTruthy();
  expect(screen.getByText(/Navidrome: http:\/\/server\/1\/$/)).toBeTruthy();
});
