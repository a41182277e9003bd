/** The placeholder of a cover: a gradient and a motif that follow from the names alone. */

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

export type Motif = "rings" | "bars" | "disc";
const MOTIFS: readonly Motif[] = ["rings", "bars", "disc"];

export interface CoverArt {
  from: string;
  to: string;
  motif: Motif;
  turn: number;
  initial: string;
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
export function fnv1a(text: string): number {
  let hash = OFFSET;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME) >>> 0;
  return hash;
}

export function coverArt(artist: string, songId: string): CoverArt {
  const ofArtist = fnv1a(artist);
  const ofSong = fnv1a(songId);
  const hue = ofArtist % 360;
  const turn = ofSong % 360;
  return {
    from: oklch(0.5, 0.09, hue),
    to: oklch(0.34, 0.07, hue + 40 + (ofArtist % 41)),
    motif: MOTIFS[(ofSong >>> 9) % MOTIFS.length] ?? "rings",
    turn,
    initial: (Array.from(artist.trim())[0] ?? "♪").toLocaleUpperCase(),
  };
}

/** An sRGB colour of OKLCH (Ottosson 2020); channels outside the gamut are clipped. */
export function oklch(lightness: number, chroma: number, hue: number): string {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `rgb(${channels.map(encoded).join(", ")})`;
}

function encoded(linear: number): number {
  const gamma = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.max(linear, 0) ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, gamma)));
}
