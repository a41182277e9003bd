import type { Status } from "@/api/types";
import { useTranslation } from "@/i18n";
import { Text } from "@/ui/Text";

import { Fact, Facts } from "./Facts";

const MINUTE = 60;

/** How often something may be asked, and how much may be sent at once. */
export function Limits({ limits, signup }: { limits: Status["limits"]; signup: Status["signup"] }) {
  const { t } = useTranslation();
  const { rate_limits, shared, policies, sizes } = limits;
  const counted = shared ? t("admin.limits_shared") : t("admin.limits_on");
  return (
    <Facts>
      <Text color="dim">{rate_limits === "on" ? counted : t("admin.limits_off")}</Text>
      {policies.map(({ name, amount, seconds }) => (
        <Fact
          key={name}
          label={name}
          value={
            seconds < MINUTE
              ? t("admin.policy_seconds", { amount, seconds })
              : t("admin.policy", { amount, minutes: seconds / MINUTE })
          }
        />
      ))}
      <Fact
        label={t("admin.body")}
        value={t("admin.body_value", { kilobytes: sizes.body_bytes_max / 1024 })}
      />
      <Fact label={t("admin.signup")} value={signup} />
    </Facts>
  );
}
