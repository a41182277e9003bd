import { useEffect } from "react";

import { usePalette, useScheme } from "./useTheme";

/** The page behind the app, for what stylesheets draw: background, focus ring, scroll bars. */
export function usePageColors(): void {
  const palette = usePalette();
  const scheme = useScheme();
  useEffect(() => {
    const root = document.documentElement;
    root.style.setProperty("--bg", palette.bg);
    root.style.setProperty("--focus", palette.focus);
    root.style.setProperty("--edge", palette.edge);
    root.style.setProperty("color-scheme", scheme);
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", palette.bg);
  }, [palette, scheme]);
}
