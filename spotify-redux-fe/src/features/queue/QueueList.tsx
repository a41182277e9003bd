import { useCallback, type ComponentProps } from "react";
import { StyleSheet, View } from "react-native";
import { GestureHandlerRootView } from "react-native-gesture-handler";
import Sortable from "react-native-sortables";

import { sendToQueue, useQueue } from "@/stores/queue";
import { upcoming, type Entry } from "@/stores/queueMachine";
import { space } from "@/theme/tokens";

import { QueueRow } from "./QueueRow";

const MOST = 200;

type RenderItem = ComponentProps<typeof Sortable.Grid<Entry>>["renderItem"];

/** What comes, to be put in another order by its handles. */
export default function QueueList() {
  const queue = useQueue((state) => state.queue);
  const rows = upcoming(queue).slice(0, MOST);
  const first = queue.index + 1;
  const renderItem = useCallback<RenderItem>(
    ({ item, index }) => (
      <QueueRow entry={item} place={first + index} last={first + rows.length - 1} first={first} />
    ),
    [first, rows.length],
  );
  return (
    <GestureHandlerRootView style={styles.root}>
      <View role="list">
        <Sortable.Grid
          columns={1}
          data={rows as Entry[]}
          keyExtractor={(entry) => entry.key}
          renderItem={renderItem}
          rowGap={space.xxs}
          customHandle
          overDrag="vertical"
          activeItemScale={1.02}
          dragActivationDelay={80}
          itemEntering={null}
          itemExiting={null}
          onDragEnd={({ key, toIndex }) => sendToQueue({ type: "move", key: key, to: first + toIndex })}
        />
      </View>
    </GestureHandlerRootView>
  );
}

const styles = StyleSheet.create({ root: { flexGrow: 1 } });
