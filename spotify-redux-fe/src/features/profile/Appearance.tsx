import { useTranslation } from "@/i18n";
import { useAppearance } from "@/theme/useTheme";
import { Choice } from "@/ui/Choice";

/** Dark, light, or as the system is. */
export function Appearance() {
  const { t } = useTranslation();
  const { appearance, choose } = useAppearance();
  const options = (["system", "dark", "light"] as const).map((value) => ({
    value,
    label: t(`profile.${value}`),
  }));
  return <Choice label={t("profile.appearance")} options={options} value={appearance} onChange={choose} />;
}
