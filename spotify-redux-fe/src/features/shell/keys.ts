/** Whether what has the focus has a use of its own for a key: text fields, sliders, buttons, open dialogs. */

const PRESSES = new Set([" ", "Enter"]);
const PRESSABLE = "button, a, [role=button], [role=link], [role=switch], [role=radio], [role=checkbox]";
const MOVES = "[role=slider], [role=radiogroup]";

export function handlesItself(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, [contenteditable=true]")) return true;
  if (target.closest("[aria-modal=true]")) return key !== "?";
  if (PRESSES.has(key)) return target.closest(PRESSABLE) !== null;
  return key.startsWith("Arrow") && !event.shiftKey && target.closest(MOVES) !== null;
}
