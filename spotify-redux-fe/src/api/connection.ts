/** Which server the app talks to, and whether it answers. */

import AsyncStorage from "@react-native-async-storage/async-storage";
import { create } from "zustand";

import { serverDefault } from "@/platform/serverDefault";

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

/** `https://music.example` out of what somebody typed; null where that is no address. */
export function addressOf(typed: string): string | null {
  const text = typed.trim();
  const whole = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  try {
    const url = new URL(whole);
    return url.hostname === "" ? null : `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
  } catch {
    return null;
  }
}

export function setReachable(reachable: boolean): void {
  if (useConnection.getState().reachable !== reachable) useConnection.setState({ reachable });
}
