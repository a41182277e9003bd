/** A random UUID (RFC 9562, version 4). */

export function randomId(): string {
  const known = globalThis.crypto as { randomUUID?: () => string } | undefined;
  if (known?.randomUUID) return known.randomUUID();
  const digit = (): string => Math.floor(Math.random() * 16).toString(16);
  const digits = (count: number): string => Array.from({ length: count }, digit).join("");
  const variant = (8 + Math.floor(Math.random() * 4)).toString(16);
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
}
