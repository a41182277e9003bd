import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react-native";

import { queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { json, serve, song, user } from "@/testing/server";

import { OnboardingScreen } from "./OnboardingScreen";

jest.mock("expo-router/head", () => ({ __esModule: true, default: () => null }));
jest.mock("react-native-safe-area-context", () => ({ useSafeAreaInsets: () => ({ top: 0, bottom: 0 }) }));

afterEach(() => queryClient.clear());

const now = () => useSession.getState().user;
const songs = ["a", "b", "c"].map(song);

/** Songs are chosen again. `onboarded`: listens alone are enough for the server. */
async function choosesAgain(onboarded: boolean): Promise<void> {
  serve({
    "GET /onboarding/suggestions": () => json({ items: songs }),
    "POST /recommendations/cold-start": () => json({ items: [song("d")] }),
  });
  useSession.setState({ status: "in", token: "a", user: { ...user("a"), onboarded, choosing: true } });
  render(
    <QueryClientProvider client={queryClient}>
      <OnboardingScreen history={() => null} />
    </QueryClientProvider>,
  );
  await screen.findByRole("checkbox", { name: "a by Artist" });
}

test("who has a history can leave it at that", async () => {
  await choosesAgain(true);
  fireEvent.press(screen.getByRole("button", { name: "Cancel" }));
  expect(now()).toMatchObject({ onboarded: true, choosing: false });
});

test("who has none cannot", async () => {
  await choosesAgain(false);
  expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
});

test("songs that are sent end it, and what goes with them is shown before home", async () => {
  await choosesAgain(true);
  for (const track of ["a", "b", "c"]) {
    fireEvent.press(await screen.findByRole("checkbox", { name: `${track} by Artist` }));
  }
  fireEvent.press(screen.getByTestId("continue"));
  await screen.findByText("You might like");
  expect(now()).toMatchObject({ onboarded: false, choosing: false });
  fireEvent.press(screen.getByTestId("home"));
  await waitFor(() => expect(now()?.onboarded).toBe(true));
});
