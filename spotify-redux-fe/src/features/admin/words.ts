import { t } from "@/i18n";

const HOUR = 3_600_000;

export const number = (value: number): string => value.toLocaleString();

export const moment = (iso: string): string =>
  new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A moment, and how long ago it was by the server's clock: in hours, from two days on in days. */
export function ago(iso: string, now: string): string {
  const hours = Math.max(0, Math.floor((Date.parse(now) - Date.parse(iso)) / HOUR));
  const date = moment(iso);
  if (hours === 0) return t("admin.age_now", { date });
  return hours < 48
    ? t("admin.age_hours", { date, count: hours })
    : t("admin.age_days", { date, count: Math.floor(hours / 24) });
}
