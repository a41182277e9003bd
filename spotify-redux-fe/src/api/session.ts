/** Who is signed in. The access token lives in memory; what renews it, in a cookie or a keychain. */

import AsyncStorage from "@react-native-async-storage/async-storage";
import { create } from "zustand";

import { forgetSecret, keepSecret, keepsSecrets, readSecret } from "@/platform/secrets";

import { base, fetchInTime, setReachable } from "./connection";
import { credentialsFor } from "./credentials";
import { ApiError, problemOf } from "./problem";

export interface User {
  id: string;
  username: string;
  created_at: string;
  onboarded: boolean;
  private?: boolean;
  share_listens?: boolean;
  role?: "listener" | "admin";
  /** Known here alone: the first songs are chosen again, whether the server calls the account onboarded or not. */
  choosing?: boolean;
}

export interface Granted {
  access_token: string;
  refresh_token?: string | null;
  user: User;
}

interface Session {
  status: "starting" | "out" | "in";
  user: User | null;
  token: string | null;
}

const KEY = "user";
const REFRESH = "/auth/refresh";

export const useSession = create<Session>()(() => ({ status: "starting", user: null, token: null }));

export const signedIn = (): boolean => useSession.getState().status === "in";
export const token = (): string | null => useSession.getState().token;
export const userId = (): string | undefined => useSession.getState().user?.id;

export async function begin(granted: Granted): Promise<void> {
  if (granted.refresh_token) await keepSecret(granted.refresh_token);
  const before = useSession.getState().user;
  const user = before?.id === granted.user.id ? { ...granted.user, choosing: before.choosing } : granted.user;
  await AsyncStorage.setItem(KEY, JSON.stringify(user));
  useSession.setState({ status: "in", user, token: granted.access_token });
}

export async function end(): Promise<void> {
  await forgetSecret();
  await AsyncStorage.removeItem(KEY);
  useSession.setState({ status: "out", user: null, token: null });
}

export function amend(change: Partial<User>): void {
  const { user } = useSession.getState();
  if (!user) return;
  const next = { ...user, ...change };
  useSession.setState({ user: next });
  void AsyncStorage.setItem(KEY, JSON.stringify(next));
}

let handOver: (granted: Granted) => Promise<void> = begin;

/** What happens where a renewal gives another account: all tabs of a browser share one cookie. */
export function onOtherUser(run: (granted: Granted) => Promise<void>): void {
  handOver = run;
}

let renewing: Promise<boolean> | null = null;

/**
 * Whether there is a newer token than `used` now; ends the session where the server refuses one. Raises ApiError where
 * the server is away or busy: the session holds then.
 */
export function renew(used: string | null): Promise<boolean> {
  if (token() !== used) return Promise.resolve(token() !== null);
  renewing ??= refresh().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function refresh(): Promise<boolean> {
  const secret = await readSecret();
  if (keepsSecrets && !secret) {
    await end();
    return false;
  }
  let response: Response;
  try {
    response = await fetchInTime(`${base()}${REFRESH}`, await renewal(secret));
  } catch {
    setReachable(false);
    throw new ApiError({ kind: "offline" });
  }
  if (response.ok) {
    const granted = (await response.json()) as Granted;
    const other = granted.user.id !== (userId() ?? granted.user.id);
    await (other ? handOver : begin)(granted);
    return !other;
  }
  if (response.status >= 500 || response.status === 429) throw new ApiError(problemOf(response, null));
  await end();
  return false;
}

async function renewal(secret: string | null): Promise<RequestInit> {
  const plain = { method: "POST", credentials: await credentialsFor(REFRESH) };
  if (secret === null) return plain; // the cookie says it
  return {
    ...plain,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ refresh_token: secret }),
  };
}

/** At the start: whoever was signed in still is; the first request finds out whether the server agrees. */
export async function resume(): Promise<void> {
  const kept = await AsyncStorage.getItem(KEY);
  if (kept) useSession.setState({ status: "in", user: JSON.parse(kept) as User });
  else useSession.setState({ status: "out" });
}
