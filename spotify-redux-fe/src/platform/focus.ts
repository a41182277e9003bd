/** Focus belongs to the system on phones. */

export const focusedElement = (): unknown => null;
export const focusFirst = (_inside: unknown): void => undefined;
export const restoreFocus = (_element: unknown): void => undefined;
