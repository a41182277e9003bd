import { Suspense, type ReactNode } from "react";
import { StyleSheet, View } from "react-native";

import { usePane } from "@/stores/pane";
import { useRoom } from "@/theme/useTheme";

interface Props {
  children: ReactNode;
  deck: ReactNode;
  queue: ReactNode;
}

/** The page, the queue beside it where there is room, and the player below. */
export function Beside({ children, deck, queue }: Props) {
  const { pane } = useRoom();
  const open = usePane((state) => state.queue);
  return (
    <View style={styles.all}>
      <View style={styles.row}>
        {children}
        {pane && open ? <Suspense fallback={null}>{queue}</Suspense> : null}
      </View>
      {deck}
    </View>
  );
}

const styles = StyleSheet.create({
  all: { flex: 1, minWidth: 0, minHeight: 0 },
  row: { flex: 1, flexDirection: "row", minHeight: 0 },
});
