/** Keyboard focus: into what opens, and back to what opened it. */

const FOCUSABLE = 'input, [tabindex="0"], button:not([disabled]), a[href]';

export const focusedElement = (): unknown => document.activeElement;

export function focusFirst(inside: unknown): void {
  if (!(inside instanceof HTMLElement)) return;
  const wanted =
    inside.querySelector<HTMLElement>("[data-autofocus], input") ??
    inside.querySelector<HTMLElement>(FOCUSABLE);
  wanted?.focus();
}

export function restoreFocus(element: unknown): void {
  if (element instanceof HTMLElement && element.isConnected) requestAnimationFrame(() => element.focus());
}
