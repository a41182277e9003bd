/** Every colour, size and duration of the app. */

export interface Palette {
  bg: string;
  surface: string;
  raised: string;
  text: string;
  dim: string;
  faint: string;
  accent: string;
  onAccent: string;
  auto: string;
  danger: string;
  edge: string;
  focus: string;
  line: string;
  scrim: string;
}

export const dark: Palette = {
  bg: "#131018",
  surface: "#1D1925",
  raised: "#292333",
  text: "#F5F0EB",
  dim: "#B7AEC2",
  faint: "#958BA3",
  accent: "#FF9A76",
  onAccent: "#2B1007",
  auto: "#A3B8FF",
  danger: "#FF8A84",
  edge: "#7B7189",
  focus: "#FFD0BD",
  line: "#2F293A",
  scrim: "#0A080ECC",
};

export const light: Palette = {
  bg: "#FBF8F5",
  surface: "#F3EEEA",
  raised: "#FFFFFF",
  text: "#1B1622",
  dim: "#5A5166",
  faint: "#6B6178",
  accent: "#A83A12",
  onAccent: "#FFFFFF",
  auto: "#3A51B5",
  danger: "#B3261E",
  edge: "#857A92",
  focus: "#7A2508",
  line: "#E4DCD6",
  scrim: "#1B162299",
};

/** What is drawn over a cover, whatever the theme. */
export const onCover = { ink: "#FFFFFF", motif: "#FFFFFF33" };

export const space = { xxs: 2, xs: 4, sm: 8, md: 12, lg: 16, xl: 24, xxl: 32, huge: 48 } as const;
export const radius = { sm: 6, md: 12, full: 999 } as const;
export const size = {
  target: 44,
  play: 56,
  playLarge: 64,
  icon: 22,
  iconSmall: 16,
  cover: 48,
  coverCard: 148,
  coverWide: 176,
  row: 64,
  rail: 96,
  pane: 340,
  miniBar: 64,
  tabBar: 56,
  deck: 84,
  line: 1,
  ring: 2,
  track: 4,
  thumb: 14,
  form: 400,
  dialog: 480,
  text: 720,
  page: 1120,
} as const;
export const breakpoint = { grid: 600, rail: 900, pane: 1200 } as const;
export const motion = { press: 80, fade: 160, sheetIn: 260, sheetOut: 200, cover: 200 } as const;
export const wait = {
  typing: 200,
  skeleton: 150,
  toast: 6000,
  save: 800,
  tick: 250,
  doubt: 1000,
  retry: 4000,
  leaving: 1500,
  poll: 1000,
  answer: 20_000,
} as const;

export const font = { regular: "Figtree_400Regular", strong: "Figtree_600SemiBold" } as const;
export const type = {
  display: { fontSize: 32, lineHeight: 38, fontFamily: font.strong },
  title: { fontSize: 24, lineHeight: 30, fontFamily: font.strong },
  heading: { fontSize: 20, lineHeight: 26, fontFamily: font.strong },
  strong: { fontSize: 16, lineHeight: 22, fontFamily: font.strong },
  body: { fontSize: 16, lineHeight: 22, fontFamily: font.regular },
  label: { fontSize: 14, lineHeight: 20, fontFamily: font.strong },
  small: { fontSize: 14, lineHeight: 20, fontFamily: font.regular },
  caption: { fontSize: 12, lineHeight: 16, fontFamily: font.regular },
} as const;
export type TypeName = keyof typeof type;
