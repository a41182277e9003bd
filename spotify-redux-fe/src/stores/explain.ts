/** A problem in words that a person can act on. */

import type { Fault, Problem } from "@/api/problem";
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
    case "rejected":
      return wordsFor(problem.faults[0] ?? { field: "", code: problem.code }, problem.detail);
  }
}

/** Words for each of a form's fields, and under "" for what is about none. `about`: the field that a code is about. */
export function explainAt(
  problem: Problem,
  fields: readonly string[],
  about: Record<string, string> = {},
): Record<string, string> {
  if (problem.kind !== "rejected") return { "": explain(problem) };
  const { code, detail } = problem;
  const field = about[code];
  const faults = field ? [{ field, code }] : problem.faults.filter((fault) => fields.includes(fault.field));
  if (faults.length === 0) return { "": explain(problem) };
  return Object.fromEntries(faults.map((fault) => [fault.field, wordsFor(fault, detail)]));
}

function wordsFor({ field, code }: Fault, detail: string): string {
  const words = [`code.${code}_${field}`, `code.${code}`].find(has);
  return words ? t(words) : detail || t("problem.broken");
}
