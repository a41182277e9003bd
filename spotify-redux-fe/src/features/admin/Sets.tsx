import type { Status } from "@/api/types";
import { useTranslation } from "@/i18n";

import { Entry, Facts } from "./Facts";

const RANKING = "ndcg@20";

/** The sets there are, newest first; of one that cannot serve, why. */
export function Sets({ sets }: { sets: Status["training_history"] }) {
  const { t } = useTranslation();
  const about = (one: (typeof sets)[number]): string => {
    const score = one.figures[RANKING];
    return t("admin.set_line", {
      algorithm: one.algorithm,
      source: one.source,
      score: score === undefined ? "–" : `${RANKING} ${score.toFixed(3)}`,
    });
  };
  return (
    <Facts>
      {sets.map((one) => (
        <Entry
          key={one.version}
          name={one.version}
          state={t(`admin.state_${one.state}`)}
          line={one.fault ?? about(one)}
        />
      ))}
    </Facts>
  );
}
