/** Whether the refresh token's cookie goes along with a call. */

import { keepsSecrets } from "@/platform/secrets";

import { base, fetchInTime } from "./connection";

/** A call to another origin than the page's takes the cookie along only where it is told to. Rejects where no server answers. */
export async function credentialsFor(path: string): Promise<RequestCredentials> {
  const own = globalThis.location?.origin as string | undefined; // a phone has none
  const needed = !keepsSecrets && own !== undefined && path.startsWith("/auth/");
  if (!needed || new URL(base(), own).origin === own) return "same-origin";
  return (await takesCookies()) ? "include" : "same-origin";
}

/** A server whose CORS_ORIGINS is * lets no page read what it asked for with cookies. */
async function takesCookies(): Promise<boolean> {
  const health = `${base()}/health`;
  try {
    await fetchInTime(health, { credentials: "include" });
    return true;
  } catch {
    await fetchInTime(health);
    return false;
  }
}
