import { setBackgroundColorAsync } from "expo-system-ui";
import { useEffect } from "react";

import { usePalette } from "./useTheme";

/** What lies behind the app. */
export function usePageColors(): void {
  const { bg } = usePalette();
  useEffect(() => void setBackgroundColorAsync(bg), [bg]);
}
