/** Signing in and out: what belongs to one account is never shown to the next. */

import AsyncStorage from "@react-native-async-storage/async-storage";

import { logOut } from "@/api/calls/auth";
import { persister, queryClient } from "@/api/queryClient";
import { begin, end, type Granted } from "@/api/session";
import { reload } from "@/platform/reload";
import { readSecret } from "@/platform/secrets";

import { forgetHidden } from "./hidden";
import { forgetLikes } from "./likes";
import { flushBeforeLeaving, forgetListens } from "./listens";
import { setPlaying } from "./player/commands";
import { engine } from "./player/engine";
import { takeOver } from "./queue";
import { EMPTY } from "./queueMachine";
import { setQ } from "./search";
import { hush } from "./toast";

const OWNER = "owner";

export async function signIn(granted: Granted): Promise<void> {
  const owner = await AsyncStorage.getItem(OWNER);
  if (owner !== null && owner !== granted.user.id) await forgetAll();
  await AsyncStorage.setItem(OWNER, granted.user.id);
  await begin(granted);
}

export async function signOut(): Promise<void> {
  setPlaying(false);
  engine.report("skipped"); // the song that plays counts for whoever leaves
  await flushBeforeLeaving();
  const secret = await readSecret();
  await logOut(secret).catch(() => undefined);
  await forgetAll();
  await AsyncStorage.removeItem(OWNER);
  await end();
}

/** In another tab somebody else signed in: nothing that this one shows or holds is theirs. */
export async function handOver(granted: Granted): Promise<void> {
  await forgetAll();
  await signIn(granted);
  reload();
}

async function forgetAll(): Promise<void> {
  hush(); // its "Undo" would bring this account's queue back
  setPlaying(false);
  engine.report("skipped"); // now, so that it is forgotten with the rest and not told for the next account
  takeOver(EMPTY);
  forgetLikes();
  forgetHidden();
  setQ("");
  await forgetListens();
  queryClient.clear();
  await persister.removeClient();
}
