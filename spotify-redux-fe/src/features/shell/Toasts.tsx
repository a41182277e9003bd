import { usePathname } from "expo-router";

import { useTranslation } from "@/i18n";
import { decline, hush, useToast } from "@/stores/toast";
import { Toaster } from "@/ui/Toaster";

const FULL_PAGES = ["/player", "/queue", "/login"];

/** Above the player, or what stands there in onboarding; at the foot of the page where there is neither. */
export function Toasts() {
  const { t } = useTranslation();
  const low = FULL_PAGES.includes(usePathname());
  const { toast, offer } = useToast();
  const shown = toast ?? offer;
  const passing = shown === toast;
  return (
    <Toaster
      low={low}
      id={shown?.id ?? null}
      text={shown?.text ?? ""}
      action={shown?.action}
      closeLabel={passing ? undefined : t("common.close")}
      onDone={passing ? hush : decline}
    />
  );
}
