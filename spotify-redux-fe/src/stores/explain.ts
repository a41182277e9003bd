/** A problem in words that a person can act on. */

import type { Problem } from "@/api/problem";
import { has, t } from "@/i18n";

export function explain(problem: Problem): string {
  switch (problem.kind) {
    case "offline":
      return t("problem.offline");
    case "signed_out":
      return t("problem.signed_out");
    case "rate_limited":
      return t("problem.rate_limited", { count: Math.ceil(problem.retryAfter) });
    case "busy":
      return t("problem.busy");
    case "absent":
      return t("problem.absent");
    case "changed_meanwhile":
      return t("problem.changed_meanwhile");
    case "broken":
      return t("problem.broken");
    case "rejected": {
      const general = `code.${problem.code}`;
      const words = [...problem.fields.map((field) => `${general}_${field}`), general].find(has);
      return words ? t(words) : problem.detail || t("problem.broken");
    }
  }
}
