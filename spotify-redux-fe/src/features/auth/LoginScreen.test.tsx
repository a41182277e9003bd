import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react-native";

import { useConnection } from "@/api/connection";
import { queryClient } from "@/api/queryClient";
import { json, serve } from "@/testing/server";

import { LoginScreen } from "./LoginScreen";

jest.mock("expo-router/head", () => ({ __esModule: true, default: () => null }));

afterEach(() => queryClient.clear());

test("a phone shows which server it logs in to, and changes it from there", async () => {
  serve({ "GET /config": () => json({ signup: "open" }) });
  render(
    <QueryClientProvider client={queryClient}>
      <LoginScreen />
    </QueryClientProvider>,
  );
  await screen.findByText("Your server: http://server");
  fireEvent.press(screen.getByRole("button", { name: "Use another server" }));
  await screen.findByLabelText("Address of your server");
  expect(useConnection.getState().base).toBeNull();
});
