/** How much larger than usual text is wanted: what the browser is set to, against the usual 16 px. */

const USUAL = 16;

const root = Number.parseFloat(window.getComputedStyle(document.documentElement).fontSize);
export const textScale = Number.isFinite(root) && root > 0 ? root / USUAL : 1;
