import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react-native";

import { queryClient } from "@/api/queryClient";
import { calls, json, serve } from "@/testing/server";

import { AccountForm } from "./AccountForm";

afterEach(() => queryClient.clear());

const typed = (label: string, text: string) => fireEvent.changeText(screen.getByLabelText(label), text);
const submitted = () => fireEvent.press(screen.getByTestId("submit"));

function open(): void {
  render(
    <QueryClientProvider client={queryClient}>
      <AccountForm mode="signup" invited={false} />
    </QueryClientProvider>,
  );
}

test("a name is sent without the blank that a keyboard puts behind it", async () => {
  const asked = serve({ "POST /auth/signup": () => json({ code: "username_taken" }, 409) });
  open();
  typed("Username", "ada ");
  typed("Password", "four words nobody guesses");
  submitted();
  await screen.findByText("This username is taken. Choose another.");
  expect(calls(asked, "POST /auth/signup")[0]?.body).toMatchObject({ username: "ada" });
});

test("an invite is asked for as soon as the server wants one, and is sent from then on", async () => {
  const asked = serve({ "POST /auth/signup": () => json({ code: "invite_required" }, 403) });
  open();
  typed("Username", "ada");
  typed("Password", "four words nobody guesses");
  submitted();
  await screen.findByText("Signing up here needs an invite code.");
  typed("Invite code", "q7Xb0m4d");
  submitted();
  await waitFor(() => expect(calls(asked, "POST /auth/signup")).toHaveLength(2));
  expect(calls(asked, "POST /auth/signup")[1]?.body).toMatchObject({ invite_code: "q7Xb0m4d" });
  await screen.findByText("Signing up here needs an invite code.");
});
