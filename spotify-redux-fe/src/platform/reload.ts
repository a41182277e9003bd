/** A phone has no other tabs: what an account leaves behind is forgotten without a new start. */

export const reload = (): void => undefined;
