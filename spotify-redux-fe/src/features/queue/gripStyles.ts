import type { LucideIcon } from "lucide-react-native";
import { StyleSheet } from "react-native";

import { size } from "@/theme/tokens";

export interface GripProps {
  label: string;
  icon: LucideIcon;
  onMove: (by: 1 | -1) => void;
}

export const gripStyles = StyleSheet.create({
  grip: { width: size.target, minHeight: size.target, alignItems: "center", justifyContent: "center" },
});
