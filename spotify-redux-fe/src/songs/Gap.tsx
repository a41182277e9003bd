import CloudOff from "lucide-react-native/icons/cloud-off";
import TriangleAlert from "lucide-react-native/icons/triangle-alert";

import { problemIn } from "@/api/problem";
import { useTranslation } from "@/i18n";
import { explain } from "@/stores/explain";
import { EmptyState } from "@/ui/EmptyState";

/** In place of what could not be loaded: why, and another try. */
export function Gap({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const problem = problemIn(error);
  const offline = problem.kind === "offline";
  return (
    <EmptyState
      alert
      icon={offline ? CloudOff : TriangleAlert}
      title={t(offline ? "problem.offline_title" : "problem.title")}
      text={explain(problem)}
      action={{ label: t("common.retry"), run: onRetry }}
    />
  );
}
