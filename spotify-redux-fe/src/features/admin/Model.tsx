import type { Status } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Text } from "@/ui/Text";

import { Fact, Facts } from "./Facts";
import { ago, number } from "./words";

const POPULARITY = "popularity_";
// as the model's card has them
const SHOWN = [
  "ndcg@20",
  "ndcg@20_3_seeds",
  "ndcg@20_1_seed",
  "recall@20",
  "mrr@20",
  "hit_rate@20",
  "coverage@20",
];

/** What answers, what it learned from and how well it ranks. */
export function Model({ model, now }: { model: Status["model"]; now: string }) {
  const { t } = useTranslation();
  const { algorithm, factors, index, data, figures } = model;
  const learned = { source: data.source, listens: number(data.listens), users: number(data.users) };
  const measured = SHOWN.flatMap((name) => {
    const [ours, theirs] = [figures[name], figures[`${POPULARITY}${name}`]];
    return ours === undefined || theirs === undefined ? [] : [{ name, ours, theirs }];
  });
  return (
    <Facts>
      <Fact label={t("admin.set")} value={model.version} />
      <Fact label={t("admin.trained")} value={ago(model.trained_at, now)} />
      <Fact label={t("admin.algorithm")} value={t("admin.algorithm_value", { algorithm, factors, index })} />
      <Fact label={t("admin.songs")} value={number(model.songs)} />
      <Fact label={t("admin.learned")} value={t("admin.learned_value", learned)} />
      {measured.map(({ name, ours, theirs }) => (
        <Fact
          key={name}
          label={name}
          value={t("admin.figure", { model: ours.toFixed(3), popularity: theirs.toFixed(3) })}
        />
      ))}
      {measured.length ? null : <Text color="dim">{t("admin.unmeasured")}</Text>}
      {data.simulated ? <Text color="dim">{t("admin.simulated")}</Text> : null}
      {model.forced.length ? (
        <Text color="danger">{t("admin.forced", { what: model.forced.join("; ") })}</Text>
      ) : null}
    </Facts>
  );
}
