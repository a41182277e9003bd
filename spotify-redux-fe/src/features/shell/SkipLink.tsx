/** Only pages have a skip link. */
export function SkipLink() {
  return null;
}
