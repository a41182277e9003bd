import { Text as NativeText, type TextProps } from "react-native";

import { textScale } from "@/platform/textScale";
import { type, type Palette, type TypeName } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";

interface Props extends TextProps {
  kind?: TypeName;
  color?: keyof Palette;
  heading?: 1 | 2 | 3;
}

/** Text of one of our sizes, in one of our colours. */
export function Text({ kind = "body", color = "text", heading, style, ...rest }: Props) {
  const palette = usePalette();
  const { fontSize, lineHeight, fontFamily } = type[kind];
  const own = {
    fontFamily,
    fontSize: fontSize * textScale,
    lineHeight: lineHeight * textScale,
    color: palette[color],
  };
  const role = heading ? ({ role: "heading", "aria-level": heading } as const) : {};
  return <NativeText {...role} {...rest} style={[own, style]} />;
}
