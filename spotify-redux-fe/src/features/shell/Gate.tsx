import { Redirect, useGlobalSearchParams, usePathname } from "expo-router";

import { useConnection } from "@/api/connection";
import { useSession } from "@/api/session";

/** Who may be where: nobody signed in, to the login and back afterwards; no seeds yet, to onboarding; else anywhere. */
export function Gate() {
  const path = usePathname();
  const { next } = useGlobalSearchParams<{ next?: string }>();
  const { status, user } = useSession();
  const server = useConnection((state) => state.base);
  if (status === "out" || server === null) {
    return path === "/login" ? null : <Redirect href={{ pathname: "/login", params: back(path) }} />;
  }
  if (user && !user.onboarded) return path === "/onboarding" ? null : <Redirect href="/onboarding" />;
  if (path === "/login" || path === "/onboarding") return <Redirect href={(next ?? "/") as "/"} />;
  return null;
}

function back(path: string): { next?: string } {
  return path === "/" || path === "/onboarding" ? {} : { next: path };
}
