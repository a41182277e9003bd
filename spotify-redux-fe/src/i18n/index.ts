/** English strings, ready for translation: the file en.json holds them all. */

import { getLocales } from "expo-localization";
import i18next from "i18next";

import en from "./en.json";
import { pseudo } from "./pseudo";

const code = getLocales()[0]?.languageCode ?? "en";

void i18next.init({
  lng: process.env.EXPO_PUBLIC_PSEUDO_LOCALE ? "pseudo" : code,
  fallbackLng: "en",
  resources: { en: { translation: en }, pseudo: { translation: pseudo(en) } },
  interpolation: { escapeValue: false },
  returnNull: false,
  initAsync: false,
});

export const t = (key: string, values?: Record<string, unknown>): string => i18next.t(key, values ?? {});
export const has = (key: string): boolean => i18next.exists(key);

/** For components. The language is the device's and stays what it was at the start. */
export const useTranslation = (): { t: typeof t } => ({ t });
