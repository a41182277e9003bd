import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react-native";

import { useConnection } from "@/api/connection";
import { queryClient } from "@/api/queryClient";
import { json, serve } from "@/testing/server";

import { ServerForm } from "./ServerForm";

type Answer = (url: string) => Response | null;

/** Connects to what is typed; `answer`: null where nothing answers. */
function connect(typed: string, answer: Answer): string[] {
  serve({});
  useConnection.setState({ base: null });
  const asked: string[] = [];
  globalThis.fetch = async (input) => {
    const url = String(input);
    asked.push(url);
    const response = answer(url);
    if (response === null) throw new TypeError("Network request failed");
    return response;
  };
  render(
    <QueryClientProvider client={queryClient}>
      <ServerForm />
    </QueryClientProvider>,
  );
  fireEvent.changeText(screen.getByLabelText("Address of your server"), typed);
  fireEvent.press(screen.getByRole("button", { name: "Connect" }));
  return asked;
}

const ours = (at = ""): Response => {
  const response = json({ status: "ok", artifacts: "1" });
  Object.defineProperty(response, "url", { value: at });
  return response;
};

afterEach(() => queryClient.clear());

test.each<[string, string, Answer, string]>([
  ["https is tried first", "music.org", () => ours(), "https://music.org"],
  ["then http", "music.org", (url) => (url.startsWith("https") ? null : ours()), "http://music.org"],
  [
    "where that leads elsewhere, it is remembered",
    "http://music.org",
    () => ours("https://www.music.org/redux/health"),
    "https://www.music.org/redux",
  ],
])("%s", async (_name, typed, answer, address) => {
  connect(typed, answer);
  await waitFor(() => expect(useConnection.getState().base).toBe(address));
});

test("a scheme that was typed is kept to", async () => {
  const asked = connect("http://music.org", () => null);
  await screen.findByText(/^Nothing answers at/);
  expect(asked).toEqual(["http://music.org/health"]);
});

test("something else that answers is told before that nothing does", async () => {
  connect("music.org", (url) => (url.startsWith("https") ? json({}, 404) : null));
  await screen.findByText(/is not Spotify Redux/);
});
