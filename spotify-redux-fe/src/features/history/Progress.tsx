import { StyleSheet, View } from "react-native";

import type { ImportJob } from "@/api/calls/history";
import { useTranslation } from "@/i18n";
import { radius, space, type Palette } from "@/theme/tokens";
import { useStyles } from "@/theme/useTheme";
import { Text } from "@/ui/Text";

/** How far an import is, and what was left out. */
export function Progress({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const styles = useStyles(makeStyles);
  const share = job.total ? job.read / job.total : 0;
  const dropped = Object.entries(job.dropped);
  return (
    <View style={styles.all} role="status">
      <Text kind="strong">{t(`history.state_${job.state}`)}</Text>
      <View
        role="progressbar"
        aria-label={t("history.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        style={styles.rail}
      >
        <View style={[styles.filled, { width: `${share * 100}%` }]} />
      </View>
      <Text kind="small" color="dim">
        {t("history.counts", { read: job.read, total: job.total ?? job.read, kept: job.kept })}
      </Text>
      {dropped.map(([reason, count]) => (
        <Text key={reason} kind="small" color="dim">
          {t("history.dropped", { reason, count })}
        </Text>
      ))}
      {job.unresolved.length > 0 ? (
        <Text kind="small" color="dim">
          {t("history.unresolved", {
            count: job.unresolved_listens,
            examples: job.unresolved.slice(0, 3).join(", "),
          })}
        </Text>
      ) : null}
      {job.fault && job.state === "done" ? <Text color="dim">{t("history.left_out")}</Text> : null}
      {job.fault ? <Text color="danger">{job.fault}</Text> : null}
      {job.state === "failed" ? <Text color="dim">{t("history.failed")}</Text> : null}
    </View>
  );
}

const makeStyles = (palette: Palette) =>
  StyleSheet.create({
    all: { gap: space.sm },
    rail: { height: space.sm, borderRadius: radius.full, backgroundColor: palette.line, overflow: "hidden" },
    filled: { height: "100%", backgroundColor: palette.accent },
  });
