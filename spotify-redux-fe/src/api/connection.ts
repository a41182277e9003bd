/** Which server the app talks to, and whether it answers. */

import AsyncStorage from "@react-native-async-storage/async-storage";
import { create } from "zustand";

import { serverDefault } from "@/platform/serverDefault";
import { wait } from "@/theme/tokens";

const KEY = "server";

interface Connection {
  base: string | null;
  reachable: boolean;
}

export const useConnection = create<Connection>()(() => ({ base: serverDefault, reachable: true }));

export const base = (): string => useConnection.getState().base ?? "";

export async function recallServer(): Promise<void> {
  const kept = await AsyncStorage.getItem(KEY);
  if (kept && !process.env.EXPO_PUBLIC_API_BASE && serverDefault === null)
    useConnection.setState({ base: kept });
}

export async function chooseServer(address: string): Promise<void> {
  await AsyncStorage.setItem(KEY, address);
  useConnection.setState({ base: address, reachable: true });
}

export async function forgetServer(): Promise<void> {
  await AsyncStorage.removeItem(KEY);
  useConnection.setState({ base: serverDefault });
}

/** What somebody typed as addresses to try in order, like `https://music.example`; none where it is no address. */
export function addressesOf(typed: string): string[] {
  const text = typed.trim();
  const whole = /^https?:\/\//i.test(text) ? [text] : [`https://${text}`, `http://${text}`];
  return whole.flatMap((one) => addressOf(one) ?? []);
}

function addressOf(whole: string): string | null {
  try {
    const url = new URL(whole);
    return url.hostname === "" ? null : `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  } catch {
    return null;
  }
}

/** fetch that rejects where no answer begins in time; how long the answer itself takes is not limited. */
export async function fetchInTime(url: string, init: RequestInit = {}): Promise<Response> {
  const limit = new AbortController();
  const giveUp = (): void => limit.abort();
  const timer = setTimeout(giveUp, wait.answer);
  if (init.signal?.aborted) giveUp();
  init.signal?.addEventListener("abort", giveUp);
  try {
    return await fetch(url, { ...init, signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

export function setReachable(reachable: boolean): void {
  if (useConnection.getState().reachable !== reachable) useConnection.setState({ reachable });
}
