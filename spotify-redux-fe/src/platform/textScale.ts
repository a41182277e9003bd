/** How much larger than usual text is wanted; phones scale text themselves. */

export const textScale = 1;
