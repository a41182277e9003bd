import { usePathname, useRouter } from "expo-router";
import { useEffect } from "react";
import { StyleSheet, View } from "react-native";

import { useSession } from "@/api/session";
import { useTranslation } from "@/i18n";
import { showShortcuts, toggleQueuePane, usePane } from "@/stores/pane";
import { useFocusSearch } from "@/stores/search";
import { radius, size, space, type Palette } from "@/theme/tokens";
import { useRoom, useStyles } from "@/theme/useTheme";
import { Dialog } from "@/ui/Dialog";
import { Text } from "@/ui/Text";

import { handlesItself } from "./keys";
import { SHORTCUTS, type Pages } from "./shortcuts";

/** Listens for keys everywhere, and shows them all on "?". */
export function Shortcuts() {
  const open = usePane((state) => state.shortcuts);
  useKeys(usePages());
  return open ? <Overlay /> : null;
}

function usePages(): Pages {
  const router = useRouter();
  const path = usePathname();
  const { pane } = useRoom();
  const focusSearch = useFocusSearch();
  const leave = () => (router.canGoBack() ? router.back() : router.replace("/"));
  const over = path === "/player" || path === "/queue";
  return {
    search: () => {
      if (path !== "/") router.navigate("/");
      focusSearch();
    },
    queue: () => {
      if (path === "/queue") leave();
      else if (pane && !over) toggleQueuePane();
      else router.push("/queue");
    },
    back: () => over && leave(),
  };
}

function useKeys(pages: Pages): void {
  const signedIn = useSession((state) => state.status === "in");
  useEffect(() => {
    if (!signedIn) return undefined;
    const onKey = (event: KeyboardEvent) => {
      const arrow = event.key.startsWith("Arrow");
      const name =
        event.shiftKey && arrow
          ? `Shift+${event.key}`
          : event.key.length === 1
            ? event.key.toLowerCase()
            : event.key;
      const shortcut = SHORTCUTS.find(({ key }) => key === name);
      if (!shortcut || event.ctrlKey || event.metaKey || event.altKey || handlesItself(event)) return;
      event.preventDefault();
      shortcut.run(pages);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [pages, signedIn]);
}

function Overlay() {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  return (
    <Dialog title={t("keys.title")} closeLabel={t("common.close")} onClose={() => showShortcuts(false)}>
      <View role="list">
        {SHORTCUTS.map(({ key, shown, label }) => (
          <View key={key} role="listitem" style={styles.line}>
            <Text style={styles.words}>{t(label)}</Text>
            <View style={styles.key}>
              <Text kind="label">{shown}</Text>
            </View>
          </View>
        ))}
      </View>
    </Dialog>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    line: { flexDirection: "row", alignItems: "center", minHeight: size.target },
    words: { flex: 1 },
    key: {
      paddingHorizontal: space.md,
      paddingVertical: space.xs,
      borderRadius: radius.sm,
      borderWidth: size.line,
      borderColor: palette.edge,
    },
  });
