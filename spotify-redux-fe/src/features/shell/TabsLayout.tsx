import { TabList, Tabs, TabSlot, TabTrigger } from "expo-router/ui";
import Heart from "lucide-react-native/icons/heart";
import Home from "lucide-react-native/icons/house";
import User from "lucide-react-native/icons/user-round";
import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { useSession } from "@/api/session";
import { useTranslation } from "@/i18n";
import { size, space, type Palette } from "@/theme/tokens";
import { useRoom, useStyles } from "@/theme/useTheme";

import { Beside } from "./Beside";
import { SkipLink } from "./SkipLink";
import { TabButton } from "./TabButton";

interface Props {
  deck: ReactNode;
  queue: ReactNode;
}

/** The three tabs; navigation below on phones, at the side elsewhere; the player stays while pages change. */
export function TabsLayout({ deck, queue }: Props) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const { rail } = useRoom();
  const insets = useSafeAreaInsets();
  const signedIn = useSession((state) => state.status === "in");
  if (!signedIn) return null;
  const bar = rail ? styles.rail : [styles.bar, { paddingBottom: insets.bottom }];
  return (
    <Tabs style={[styles.tabs, rail ? styles.row : styles.column]}>
      <SkipLink />
      <TabList role="navigation" aria-label={t("nav.label")} style={bar}>
        <TabTrigger name="home" href="/" asChild>
          <TabButton icon={Home} label={t("nav.home")} />
        </TabTrigger>
        <TabTrigger name="likes" href="/likes" asChild>
          <TabButton icon={Heart} label={t("nav.likes")} />
        </TabTrigger>
        <TabTrigger name="profile" href="/profile" asChild>
          <TabButton icon={User} label={t("nav.profile")} />
        </TabTrigger>
      </TabList>
      <Beside deck={deck} queue={queue}>
        <View role="main" id="main" tabIndex={-1 as 0} style={[styles.main, { paddingTop: insets.top }]}>
          <TabSlot style={styles.main} />
        </View>
      </Beside>
    </Tabs>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    tabs: { flex: 1 },
    row: { flexDirection: "row" },
    column: { flexDirection: "column-reverse" },
    main: { flex: 1, minWidth: 0 },
    bar: {
      minHeight: size.tabBar,
      flexDirection: "row",
      justifyContent: "space-around",
      backgroundColor: palette.surface,
      borderTopWidth: size.line,
      borderTopColor: palette.line,
    },
    rail: {
      width: size.rail,
      flexDirection: "column",
      justifyContent: "flex-start",
      alignItems: "stretch",
      gap: space.sm,
      paddingVertical: space.xl,
      paddingHorizontal: space.sm,
      backgroundColor: palette.surface,
    },
  });
