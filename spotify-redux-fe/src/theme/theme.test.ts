import { readFileSync } from "node:fs";

import { coverArt, fnv1a, oklch } from "./cover";
import { dark, light, type Palette } from "./tokens";

const channel = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

function luminance(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => channel(value / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const ofHex = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const ofRgb = (rgb: string): number[] => (rgb.match(/\d+/g) ?? []).map(Number);

/** WCAG 2.2's contrast ratio. */
function contrast(a: number[], b: number[]): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ["bg", "surface", "raised"] as const;
const inks = ["text", "dim", "faint", "accent", "auto", "danger"] as const;
const themes: [string, Palette][] = [
  ["dark", dark],
  ["light", light],
];

test.each(themes)("every text colour of %s is readable on every ground (AA)", (_name, palette) => {
  for (const ground of grounds) {
    for (const ink of inks)
      expect(contrast(ofHex(palette[ink]), ofHex(palette[ground]))).toBeGreaterThanOrEqual(4.5);
    for (const edge of ["edge", "focus"] as const) {
      expect(contrast(ofHex(palette[edge]), ofHex(palette[ground]))).toBeGreaterThanOrEqual(3);
    }
  }
  expect(contrast(ofHex(palette.onAccent), ofHex(palette.accent))).toBeGreaterThanOrEqual(4.5);
});

test("the initial on a placeholder is readable at every hue", () => {
  for (let hue = 0; hue < 360; hue += 1) {
    expect(contrast(ofRgb(oklch(0.5, 0.09, hue)), [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
  }
});

test("a placeholder follows from the names alone", () => {
  expect(coverArt("Björk", "Björk - Jóga")).toEqual(coverArt("Björk", "Björk - Jóga"));
  expect(coverArt("Björk", "Björk - Jóga").initial).toBe("B");
  expect(coverArt("Björk", "a").from).toBe(coverArt("Björk", "b").from);
  expect(coverArt("", "").initial).toBe("♪");
});

test("fnv1a is the published hash", () => {
  expect(fnv1a("")).toBe(0x811c9dc5);
  expect(fnv1a("foobar")).toBe(0xbf9cf968);
});

test("the stylesheet and the manifest have the tokens' colours", () => {
  const css = readFileSync("public/app.css", "utf8").toUpperCase();
  for (const palette of [dark, light]) {
    for (const name of ["bg", "focus", "edge"] as const)
      expect(css).toContain(`--${name}: ${palette[name]};`.toUpperCase());
  }
  expect(readFileSync("public/manifest.json", "utf8")).toContain(`"theme_color": "${dark.bg}"`);
});
