import { keepsSecrets } from "@/platform/secrets";

import { api, call } from "../client";
import { ask } from "../planned";
import { orElse } from "../problem";
import type { Granted, User } from "../session";

export interface Credentials {
  username: string;
  password: string;
  invite_code?: string;
}

// a browser asks for its refresh token in a cookie, a phone for one that it keeps itself
const cookie = !keepsSecrets;
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

export const signUp = (who: Credentials): Promise<Granted> =>
  ask("POST", "/auth/signup", { query: { cookie: String(cookie) }, body: who });

export const logIn = ({ username, password }: Credentials): Promise<Granted> =>
  ask("POST", "/auth/login", {
    query: { cookie: String(cookie) },
    body: new URLSearchParams({ username, password }).toString(),
    headers: FORM,
  });

export const logOut = (refreshToken: string | null): Promise<void> =>
  orElse(
    ask("POST", "/auth/logout", refreshToken ? { body: { refresh_token: refreshToken } } : {}),
    () => undefined,
  );

export interface Config {
  name?: string;
  signup?: "open" | "closed" | "invite";
  previews?: boolean;
  version?: string;
}

export const config = (): Promise<Config> => orElse(ask<Config>("GET", "/config"), () => ({}));

export const me = (): Promise<User> => call(api.GET("/me")) as Promise<User>;

export const amendMe = (change: { private?: boolean; share_listens?: boolean }): Promise<User> =>
  ask("PATCH", "/me", { body: change });

export const changePassword = (current_password: string, new_password: string): Promise<Granted> =>
  ask("POST", "/me/password", {
    query: { cookie: String(cookie) },
    body: { current_password, new_password },
  });

export const deleteMe = (password: string): Promise<unknown> =>
  call(api.DELETE("/me", { body: { password } }));

export const exportMe = (): Promise<unknown> => call(api.GET("/me/export"));

export interface SignedIn {
  id: string;
  device: string;
  created_at: string;
  refreshed_at: string;
  current: boolean;
}

export const sessions = async (): Promise<SignedIn[] | null> =>
  orElse<SignedIn[] | null>(
    ask<{ items: SignedIn[] }>("GET", "/me/sessions").then((answer) => answer.items),
    () => null,
  );

export const endSession = (id: string): Promise<unknown> =>
  ask("DELETE", `/me/sessions/${encodeURIComponent(id)}`);
