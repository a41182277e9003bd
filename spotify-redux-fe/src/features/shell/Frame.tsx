import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { SafeAreaInsetsContext, useSafeAreaInsets } from "react-native-safe-area-context";

import { useConnection } from "@/api/connection";
import type { Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";

import { Offline } from "./Offline";

/** The pages, clear of what a screen has at its sides; below the banner, where there is one, clear of the clock too. */
export function Frame({ children }: { children: ReactNode }) {
  const styles = useStyles(makeStyles);
  const insets = useSafeAreaInsets();
  const reachable = useConnection((state) => state.reachable);
  const sides = Math.max(insets.left, insets.right);
  return (
    <View style={[styles.app, { paddingHorizontal: sides }]}>
      <Offline />
      <SafeAreaInsetsContext.Provider value={reachable ? insets : { ...insets, top: 0 }}>
        {children}
      </SafeAreaInsetsContext.Provider>
    </View>
  );
}

const makeStyles = (palette: Palette) => StyleSheet.create({ app: { flex: 1, backgroundColor: palette.bg } });
