import { useState } from "react";

import { motion } from "@/theme/tokens";

import type { PictureProps } from "./Picture";

/** A picture that fades in over what lies below it: the browser's own, without a library. */
export function Picture({ url, onError }: PictureProps) {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <img
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onLoad={() => setShown(url)}
      onError={onError}
      style={{ ...place, opacity: shown === url ? 1 : 0 }}
    />
  );
}

const place = {
  position: "absolute",
  insetBlock: 0,
  insetInline: 0,
  width: "100%",
  height: "100%",
  objectFit: "cover",
  transition: `opacity ${motion.cover}ms`,
} as const;
