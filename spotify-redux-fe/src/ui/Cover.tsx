import { useId, useState } from "react";
import { StyleSheet, View } from "react-native";
import Svg, { Circle, Defs, G, LinearGradient, Rect, Stop } from "react-native-svg";

import { coverArt, type CoverArt } from "@/theme/cover";
import { onCover, radius } from "@/theme/tokens";

import { Picture } from "./Picture";
import { Text } from "./Text";

interface Props {
  songId: string;
  artist: string;
  url: string | null;
  edge: number;
  fill?: boolean;
}

const INITIAL_FROM = 96;

/** A cover: the picture where there is one, faded in over a placeholder that is this song's own. */
export function Cover({ songId, artist, url, edge, fill }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  const art = coverArt(artist, songId);
  return (
    <View style={[styles.cover, fill ? styles.fill : { width: edge, height: edge }]} aria-hidden>
      <Placeholder art={art} />
      {edge >= INITIAL_FROM ? (
        <Text kind="display" style={[styles.initial, { fontSize: edge * 0.24, lineHeight: edge * 0.3 }]}>
          {art.initial}
        </Text>
      ) : null}
      {url && url !== broken ? <Picture url={url} onError={() => setBroken(url)} /> : null}
    </View>
  );
}

function Placeholder({ art }: { art: CoverArt }) {
  const id = useId(); // two gradients of one id would be one: the other's, even where it is hidden
  return (
    <Svg width="100%" height="100%" viewBox="0 0 100 100">
      <Defs>
        <LinearGradient id={id} x1="0" y1="0" x2="1" y2="1">
          <Stop offset="0" stopColor={art.from} />
          <Stop offset="1" stopColor={art.to} />
        </LinearGradient>
      </Defs>
      <Rect width="100" height="100" fill={`url(#${id})`} />
      <G transform={`rotate(${art.turn} 50 50)`}>
        <MotifOf art={art} />
      </G>
    </Svg>
  );
}

function MotifOf({ art }: { art: CoverArt }) {
  const stroke = { fill: "none", stroke: onCover.motif, strokeWidth: 2.5 };
  switch (art.motif) {
    case "rings":
      return [18, 30, 42].map((r) => <Circle key={r} cx="70" cy="34" r={r} {...stroke} />);
    case "bars":
      return [0, 1, 2, 3, 4].map((at) => (
        <Rect
          key={at}
          x={24 + at * 15}
          y={70 - BARS[at]!}
          width="7"
          height={90}
          rx="3.5"
          fill={onCover.motif}
        />
      ));
    case "disc":
      return <Circle cx="72" cy="72" r="40" fill={onCover.motif} />;
  }
}

const BARS = [22, 44, 30, 56, 36];

const styles = StyleSheet.create({
  cover: { borderRadius: radius.sm, overflow: "hidden" },
  fill: { width: "100%", aspectRatio: 1 },
  initial: { position: "absolute", bottom: "8%", start: "9%", color: onCover.ink },
});
