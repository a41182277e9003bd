import { useMutation } from "@tanstack/react-query";
import Download from "lucide-react-native/icons/download";
import RotateCcw from "lucide-react-native/icons/rotate-ccw";
import Upload from "lucide-react-native/icons/upload";
import { useState } from "react";
import { StyleSheet, View } from "react-native";

import { exportMe, me } from "@/api/calls/auth";
import { startOver } from "@/api/calls/songs";
import { problemIn } from "@/api/problem";
import { amend } from "@/api/session";
import { useTranslation } from "@/i18n";
import { saveJson } from "@/platform/files";
import { explain } from "@/stores/explain";
import { say } from "@/stores/toast";
import { space } from "@/theme/tokens";
import { Button } from "@/ui/Button";

import { Confirm } from "./Confirm";

const FILE = "spotify-redux.json";
const tell = (error: unknown): void => say(explain(problemIn(error)));

/** Bring one's history, take everything along, begin again. */
export function YourData({ onImport }: { onImport: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const take = useMutation({ mutationFn: async () => saveJson(FILE, await exportMe()), onError: tell });
  const again = useMutation({
    mutationFn: startOver,
    onSuccess: () => {
      amend({ onboarded: false, choosing: true });
      void me().then(amend, () => undefined); // with enough listens it is at home without songs too
    },
    onError: tell,
  });
  return (
    <View style={styles.row}>
      <Button look="secondary" icon={Upload} label={t("profile.import")} onPress={onImport} />
      <Button
        look="secondary"
        icon={Download}
        label={t("profile.export")}
        onPress={() => take.mutate()}
        busy={take.isPending}
      />
      <Button
        look="secondary"
        icon={RotateCcw}
        label={t("profile.start_over")}
        onPress={() => setAsking(true)}
      />
      {asking ? (
        <Confirm
          title={t("profile.start_over")}
          text={t("profile.start_over_text")}
          label={t("profile.start_over")}
          onConfirm={() => again.mutate()}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </View>
  );
}

const styles = StyleSheet.create({ row: { flexDirection: "row", flexWrap: "wrap", gap: space.md } });
