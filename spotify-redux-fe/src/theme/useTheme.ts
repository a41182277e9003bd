/** The palette that is on now, and what the window has room for. */

import { create } from "zustand";
import { persist, createJSONStorage } from "zustand/middleware";
import AsyncStorage from "@react-native-async-storage/async-storage";
import { useMemo } from "react";
import { StyleSheet, useColorScheme, useWindowDimensions } from "react-native";

import { breakpoint, dark, light, type Palette } from "./tokens";

export type Appearance = "system" | "dark" | "light";

interface AppearanceState {
  appearance: Appearance;
  choose: (appearance: Appearance) => void;
}

export const useAppearance = create<AppearanceState>()(
  persist((set) => ({ appearance: "system", choose: (appearance) => set({ appearance }) }), {
    name: "appearance",
    storage: createJSONStorage(() => AsyncStorage),
  }),
);

export function useScheme(): "dark" | "light" {
  const system = useColorScheme();
  const chosen = useAppearance((state) => state.appearance);
  if (chosen !== "system") return chosen;
  return system === "light" ? "light" : "dark";
}

export function usePalette(): Palette {
  return useScheme() === "light" ? light : dark;
}

/** Styles that are made from the palette: `const styles = useStyles(makeStyles)`, with makeStyles outside. */
export function useStyles<T extends StyleSheet.NamedStyles<T>>(make: (palette: Palette) => T): T {
  const palette = usePalette();
  return useMemo(() => StyleSheet.create(make(palette)), [make, palette]);
}

export interface Room {
  grid: boolean;
  rail: boolean;
  pane: boolean;
  width: number;
}

/** What the width of the window has room for. */
export function useRoom(): Room {
  const { width } = useWindowDimensions();
  return {
    grid: width >= breakpoint.grid,
    rail: width >= breakpoint.rail,
    pane: width >= breakpoint.pane,
    width,
  };
}
