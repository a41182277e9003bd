/** A phone tells by its AppState that it is left. */

export const onLeave =
  (_run: () => void): (() => void) =>
  () =>
    undefined;
