import { Figtree_400Regular } from "@expo-google-fonts/figtree/400Regular";
import { Figtree_600SemiBold } from "@expo-google-fonts/figtree/600SemiBold";
import { PersistQueryClientProvider } from "@tanstack/react-query-persist-client";
import { useFonts } from "expo-font";
import { Stack } from "expo-router";
import { StatusBar } from "expo-status-bar";
import { SafeAreaProvider } from "react-native-safe-area-context";

import { kept, persister, persistFor, queryClient } from "@/api/queryClient";
import { useSession } from "@/api/session";
import { SongMenu } from "@/songs/SongMenu";
import { recallLikes } from "@/stores/likes";
import { usePageColors } from "@/theme/pageColors";
import { usePalette, useScheme } from "@/theme/useTheme";

import { Frame } from "./Frame";
import { Gate } from "./Gate";
import { Shortcuts } from "./Shortcuts";
import { Toasts } from "./Toasts";
import { useBoot } from "./useBoot";

const FONTS = { Figtree_400Regular, Figtree_600SemiBold };
const persistOptions = {
  persister,
  maxAge: persistFor,
  dehydrateOptions: {
    shouldDehydrateQuery: (query: { queryKey: readonly unknown[]; state: { status: string } }) =>
      query.state.status === "success" && kept.includes(String(query.queryKey[0])),
  },
};

/** The app: what every page stands in. */
export function Root() {
  useFonts(FONTS);
  useBoot();
  usePageColors();
  const scheme = useScheme();
  const status = useSession((state) => state.status);
  return (
    <SafeAreaProvider>
      <PersistQueryClientProvider
        client={queryClient}
        persistOptions={persistOptions}
        onSuccess={recallLikes}
      >
        <StatusBar style={scheme === "dark" ? "light" : "dark"} />
        <Frame>{status === "starting" ? null : <Pages />}</Frame>
        <SongMenu />
        <Shortcuts />
        <Toasts />
      </PersistQueryClientProvider>
    </SafeAreaProvider>
  );
}

function Pages() {
  const { bg } = usePalette();
  return (
    <>
      <Stack screenOptions={{ headerShown: false, contentStyle: { backgroundColor: bg } }}>
        <Stack.Screen name="(tabs)" />
        <Stack.Screen name="login" options={{ presentation: "modal", animation: "none" }} />
        <Stack.Screen name="onboarding" options={{ animation: "fade" }} />
        <Stack.Screen name="player" options={{ animation: "slide_from_bottom" }} />
        <Stack.Screen name="queue" options={{ animation: "slide_from_bottom" }} />
        <Stack.Screen name="admin" />
      </Stack>
      <Gate />
    </>
  );
}
