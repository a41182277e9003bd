import { useMutation } from "@tanstack/react-query";
import { StyleSheet, View } from "react-native";

import { amendMe } from "@/api/calls/auth";
import { problemIn } from "@/api/problem";
import { amend, useSession } from "@/api/session";
import { useTranslation } from "@/i18n";
import { explain } from "@/stores/explain";
import { useQueue } from "@/stores/queue";
import { say } from "@/stores/toast";
import { Switch } from "@/ui/Switch";

/** What counts, and whether the queue goes on by itself. */
export function Listening() {
  const { t } = useTranslation();
  const user = useSession((state) => state.user);
  const goesOn = useQueue((state) => state.goesOn);
  const setGoesOn = useQueue((state) => state.setGoesOn);
  const change = useMutation({
    mutationFn: amendMe,
    onMutate: amend,
    onError: (error, wanted) => {
      amend(Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, !value])));
      say(explain(problemIn(error)));
    },
  });
  return (
    <View style={styles.all}>
      <Switch label={t("queue.goes_on")} hint={t("queue.goes_on_hint")} on={goesOn} onChange={setGoesOn} />
      <Switch
        label={t("profile.private")}
        hint={t("profile.private_hint")}
        on={user?.private ?? false}
        onChange={(on) => change.mutate({ private: on })}
      />
      <Switch
        label={t("profile.share")}
        hint={t("profile.share_hint")}
        on={user?.share_listens ?? true}
        onChange={(on) => change.mutate({ share_listens: on })}
      />
    </View>
  );
}

const styles = StyleSheet.create({ all: { alignSelf: "stretch" } });
