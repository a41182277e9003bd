import ListMusic from "lucide-react-native/icons/list-music";
import ListX from "lucide-react-native/icons/list-x";
import { lazy, Suspense, useState } from "react";
import { ScrollView, StyleSheet, View } from "react-native";

import { t, useTranslation } from "@/i18n";
import { SongRow } from "@/songs/SongRow";
import { jump, toggle } from "@/stores/player/commands";
import { takeOut, useQueue } from "@/stores/queue";
import { current, upcoming, type Queue } from "@/stores/queueMachine";
import { say } from "@/stores/toast";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { RowSkeleton } from "@/ui/Skeleton";
import { Switch } from "@/ui/Switch";
import { Text } from "@/ui/Text";

const QueueList = lazy(() => import("./QueueList"));

/** The queue: what was played, what plays, what comes. */
export function QueueView() {
  const { t } = useTranslation();
  const queue = useQueue((state) => state.queue);
  const goesOn = useQueue((state) => state.goesOn);
  const setGoesOn = useQueue((state) => state.setGoesOn);
  if (!current(queue))
    return <EmptyState icon={ListMusic} title={t("queue.empty")} text={t("queue.empty_text")} />;
  return (
    <ScrollView contentContainerStyle={styles.content}>
      <Played queue={queue} />
      <Now queue={queue} />
      <View style={styles.head}>
        <Text kind="strong" heading={2} style={styles.title}>
          {t("queue.next", { count: upcoming(queue).length })}
        </Text>
        {upcoming(queue).length > 0 ? (
          <Button look="quiet" icon={ListX} label={t("queue.clear")} onPress={clear} />
        ) : null}
      </View>
      <Switch label={t("queue.goes_on")} hint={t("queue.goes_on_hint")} on={goesOn} onChange={setGoesOn} />
      {upcoming(queue).length === 0 ? (
        <Text color="dim">{t(goesOn ? "queue.soon" : "queue.end")}</Text>
      ) : null}
      <Suspense fallback={<RowSkeleton />}>
        <QueueList />
      </Suspense>
    </ScrollView>
  );
}

function clear(): void {
  const { goesOn } = useQueue.getState();
  useQueue.setState({ goesOn: false });
  const putBack = takeOut({ type: "clear" });
  say(t("queue.cleared"), {
    label: t("common.undo"),
    run: () => {
      putBack();
      useQueue.setState({ goesOn });
    },
  });
}

function Now({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const entry = current(queue);
  if (!entry) return null;
  return (
    <View>
      <Text kind="strong" heading={2}>
        {t("queue.now")}
      </Text>
      <SongRow song={entry.song} onPlay={toggle} />
    </View>
  );
}

const SHOWN = 20;

function Played({ queue }: { queue: Queue }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const played = queue.entries.slice(Math.max(0, queue.index - SHOWN), Math.max(0, queue.index));
  if (played.length === 0) return null;
  return (
    <View style={styles.played}>
      <View style={styles.start}>
        <Button
          look="quiet"
          label={t(open ? "queue.hide_played" : "queue.show_played")}
          onPress={() => setOpen(!open)}
        />
      </View>
      {open
        ? played.map((entry) => <SongRow key={entry.key} song={entry.song} onPlay={() => jump(entry.key)} />)
        : null}
    </View>
  );
}

const styles = StyleSheet.create({
  content: { padding: space.lg, paddingBottom: space.xxl, gap: space.sm },
  head: { flexDirection: "row", alignItems: "center", paddingTop: space.sm },
  title: { flex: 1 },
  played: { gap: space.xs },
  start: { alignItems: "flex-start", marginStart: -space.lg },
});
