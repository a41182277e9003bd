/**
 * A browser keeps its refresh token in an HttpOnly cookie: no script reads it, this one included. While the app is
 * developed it comes from another origin than the API, which no such cookie crosses: the tab keeps it then.
 */

const KEY = "refresh_token";

export const keepsSecrets: boolean = __DEV__;

export const readSecret = async (): Promise<string | null> => (__DEV__ ? sessionStorage.getItem(KEY) : null);

export async function keepSecret(token: string): Promise<void> {
  if (__DEV__) sessionStorage.setItem(KEY, token);
}

export async function forgetSecret(): Promise<void> {
  if (__DEV__) sessionStorage.removeItem(KEY);
}
