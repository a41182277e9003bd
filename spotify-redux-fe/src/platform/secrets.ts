/** The refresh token of a phone, in the system's keychain. */

import * as SecureStore from "expo-secure-store";

const KEY = "refresh_token";

export const keepsSecrets = true;
export const readSecret = (): Promise<string | null> => SecureStore.getItemAsync(KEY);
export const keepSecret = (token: string): Promise<void> => SecureStore.setItemAsync(KEY, token);
export const forgetSecret = (): Promise<void> => SecureStore.deleteItemAsync(KEY);
