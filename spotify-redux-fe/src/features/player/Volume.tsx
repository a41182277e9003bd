/** Phones have buttons for it. */
export function Volume() {
  return null;
}
