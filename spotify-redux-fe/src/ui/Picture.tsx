import { Image } from "expo-image";
import { StyleSheet } from "react-native";

import { motion } from "@/theme/tokens";

export interface PictureProps {
  url: string;
  onError: () => void;
}

/** A picture that fades in over what lies below it. */
export function Picture({ url, onError }: PictureProps) {
  return (
    <Image
      source={url}
      style={StyleSheet.absoluteFill}
      contentFit="cover"
      transition={motion.cover}
      recyclingKey={url}
      onError={onError}
    />
  );
}
