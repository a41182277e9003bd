import type { Status } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Text } from "@/ui/Text";

import { Entry, Facts } from "./Facts";
import { moment, number } from "./words";

/** The last imports of all accounts. */
export function Imports({ imports }: { imports: Status["imports"] }) {
  const { t } = useTranslation();
  if (imports.length === 0) return <Text color="dim">{t("admin.no_imports")}</Text>;
  return (
    <Facts>
      {imports.map((one) => (
        <Entry
          key={`${one.username} ${one.created_at}`}
          name={one.username}
          state={t(`admin.state_${one.state}`)}
          line={one.fault ?? t("admin.import_line", { date: moment(one.created_at), kept: number(one.kept) })}
        />
      ))}
    </Facts>
  );
}
