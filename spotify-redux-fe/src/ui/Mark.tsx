import Svg, { Circle, Path } from "react-native-svg";

import { size } from "@/theme/tokens";
import { usePalette } from "@/theme/useTheme";

/** The mark of the app: a sun that sets behind two hills of sound. */
export function Mark() {
  const { accent, auto } = usePalette();
  return (
    <Svg width={size.play} height={size.play} viewBox="0 0 48 48" aria-hidden>
      <Circle cx="24" cy="22" r="14" fill={accent} />
      <Path d="M4 34c6 0 7-8 12-8s6 8 12 8 6-6 10-6 4 6 6 6v6H4z" fill={auto} />
    </Svg>
  );
}
