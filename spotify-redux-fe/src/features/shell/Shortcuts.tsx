/** Phones have no keyboard to speak of. */
export function Shortcuts() {
  return null;
}
