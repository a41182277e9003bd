import type { Status } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Text } from "@/ui/Text";

import { Fact, Facts } from "./Facts";
import { ago, number } from "./words";

const POPULARITY = "popularity_";

/** What answers, what it learned from and how well it ranks. */
export function Model({ model, now }: { model: Status["model"]; now: string }) {
  const { t } = useTranslation();
  const { algorithm, factors, index, data, figures } = model;
  const learned = { source: data.source, listens: number(data.listens), users: number(data.users) };
  const measured = Object.entries(figures).filter(([name]) => `${POPULARITY}${name}` in figures);
  return (
    <Facts>
      <Fact label={t("admin.set")} value={model.version} />
      <Fact label={t("admin.trained")} value={ago(model.trained_at, now)} />
      <Fact label={t("admin.algorithm")} value={t("admin.algorithm_value", { algorithm, factors, index })} />
      <Fact label={t("admin.songs")} value={number(model.songs)} />
      <Fact label={t("admin.learned")} value={t("admin.learned_value", learned)} />
      {measured.map(([name, value]) => (
        <Fact
          key={name}
          label={name}
          value={t("admin.figure", {
            model: value.toFixed(3),
            popularity: figures[`${POPULARITY}${name}`]?.toFixed(3),
          })}
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
