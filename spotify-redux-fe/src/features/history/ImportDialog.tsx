import { useMutation, useQuery } from "@tanstack/react-query";
import Upload from "lucide-react-native/icons/upload";
import { useState } from "react";
import { StyleSheet, View } from "react-native";

import { importJob, type ImportJob } from "@/api/calls/history";
import { keys } from "@/api/keys";
import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { canPick } from "@/platform/files";
import { explain } from "@/stores/explain";
import { beginWithHistory, importChosen, isOver, takeBack, useImports } from "@/stores/imports";
import { space, wait } from "@/theme/tokens";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Text } from "@/ui/Text";

import { Progress } from "./Progress";

/** Bring one's history: choose the files, watch them being read, take them back. One that runs already is shown. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [id, setId] = useState<string | null>(null);
  const running = useImports().data?.find((one) => !isOver(one));
  if (id === null && running) setId(running.id);
  const job = useJob(id);
  const begin = useMutation({
    mutationFn: importChosen,
    onSuccess: (started) => started && setId(started.id),
  });
  const undo = useMutation({ mutationFn: () => takeBack(id ?? ""), onSuccess: () => setId(null) });
  const done = () => {
    onClose();
    void beginWithHistory();
  };
  const error = begin.error ?? undo.error ?? job.error;
  const failed = job.data?.state === "failed";
  return (
    <Dialog title={t("history.title")} closeLabel={t("common.close")} onClose={onClose}>
      <Text color="dim">{t("history.lead")}</Text>
      {job.data ? <Progress job={job.data} /> : null}
      {error ? (
        <Text color="danger" role="alert">
          {explain(problemIn(error))}
        </Text>
      ) : null}
      <View style={styles.buttons}>
        {id === null || failed ? (
          <Button
            icon={Upload}
            label={t("history.choose")}
            onPress={() => begin.mutate()}
            busy={begin.isPending}
            disabled={!canPick}
          />
        ) : null}
        {job.data?.state === "done" ? (
          <Button label={t("history.use")} onPress={done} testID="use-history" />
        ) : null}
        {id !== null && !failed ? (
          <Button
            look="secondary"
            label={t(undoLabel(job.data))}
            onPress={() => undo.mutate()}
            busy={undo.isPending}
          />
        ) : null}
      </View>
      {canPick ? null : <Text color="dim">{t("history.elsewhere")}</Text>}
      {id !== null && !(job.data && isOver(job.data)) ? (
        <Text color="dim">{t("history.goes_on")}</Text>
      ) : null}
    </Dialog>
  );
}

const undoLabel = (job: ImportJob | undefined): string =>
  job?.state === "done" ? "history.undo" : "common.cancel";

function useJob(id: string | null) {
  return useQuery({
    queryKey: keys.import(id ?? ""),
    queryFn: () => importJob(id ?? ""),
    enabled: id !== null,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : wait.poll),
  });
}

const styles = StyleSheet.create({ buttons: { flexDirection: "row", flexWrap: "wrap", gap: space.md } });
