import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { StyleSheet, View } from "react-native";

import type { ImportJob } from "@/api/calls/history";
import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { Gap } from "@/songs/Gap";
import { explain } from "@/stores/explain";
import { followHistory, isOver, takeBack, useImports } from "@/stores/imports";
import { say } from "@/stores/toast";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Text } from "@/ui/Text";

const LINE = {
  queued: "history.line",
  running: "history.line_running",
  done: "history.line_done",
  failed: "history.line",
  undone: "history.line",
} satisfies Record<ImportJob["state"], string>;

const BACK = {
  queued: "common.cancel",
  running: "common.cancel",
  done: "history.undo",
  failed: "history.forget",
  undone: "history.forget",
} satisfies Record<ImportJob["state"], string>;

/** Histories that were brought and not taken back, also those that are still read: at the end of one, all follows it. */
export function Imports() {
  const known = useImports();
  const runs = known.data?.some((one) => !isOver(one)) ?? false;
  useEffect(() => (runs ? () => void followHistory() : undefined), [runs]);
  if (known.error) return <Gap error={known.error} onRetry={() => void known.refetch()} />;
  const shown = known.data?.filter((one) => one.state !== "undone") ?? [];
  if (shown.length === 0) return null;
  return (
    <View style={styles.all}>
      {shown.map((one) => (
        <Line key={one.id} job={one} />
      ))}
    </View>
  );
}

function Line({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const back = useMutation({
    mutationFn: () => takeBack(job.id),
    onError: (error) => say(explain(problemIn(error))),
  });
  const date = new Date(job.created_at).toLocaleDateString(undefined, { dateStyle: "medium" });
  const how = job.state === "running" && job.total === null ? LINE.queued : LINE[job.state];
  const counts = { count: job.kept, read: job.read, total: job.total };
  return (
    <View style={styles.line}>
      <View style={styles.words}>
        <Text>{job.files.join(", ")}</Text>
        <Text kind="small" color="dim">
          {t(how, { date, state: t(`history.state_${job.state}`), ...counts })}
        </Text>
        {job.fault ? (
          <Text kind="small" color="danger">
            {job.fault}
          </Text>
        ) : null}
      </View>
      <Button look="quiet" label={t(BACK[job.state])} onPress={() => back.mutate()} busy={back.isPending} />
    </View>
  );
}

const styles = StyleSheet.create({
  all: { alignSelf: "stretch", gap: space.sm },
  line: { flexDirection: "row", alignItems: "center" },
  words: { flex: 1 },
});
