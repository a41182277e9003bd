import { Redirect, usePathname } from "expo-router";
import { useState } from "react";

import { useConnection } from "@/api/connection";
import { useSession } from "@/api/session";

const DOORS = ["/login", "/onboarding"];

/** Who may be where: nobody signed in, to the login and back afterwards; no seeds yet or none again, to onboarding and home; else anywhere. */
export function Gate() {
  const path = usePathname();
  const { status, user } = useSession();
  const server = useConnection((state) => state.base);
  const out = status === "out" || server === null;
  const wanted = useWanted(path, out);
  if (out) return path === "/login" ? null : <Redirect href="/login" />;
  const begins = user && (!user.onboarded || user.choosing);
  if (begins) return path === "/onboarding" ? null : <Redirect href="/onboarding" />;
  if (path === "/onboarding") return <Redirect href="/" />;
  return path === "/login" ? <Redirect href={wanted as "/"} /> : null;
}

/** The page that was open, or asked for, before the login came. */
function useWanted(path: string, out: boolean): string {
  const [wanted, setWanted] = useState("/");
  // the router itself passes by "/" on its way to the login
  const counts = !DOORS.includes(path) && !(out && path === "/");
  if (counts && wanted !== path) setWanted(path);
  return wanted;
}
