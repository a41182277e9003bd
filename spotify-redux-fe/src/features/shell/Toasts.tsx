import { usePathname } from "expo-router";

import { hush, useToast } from "@/stores/toast";
import { Toaster } from "@/ui/Toaster";

const FULL_PAGES = ["/player", "/queue", "/login", "/onboarding"];

/** Above the player where there is one, at the foot of the page elsewhere. */
export function Toasts() {
  const low = FULL_PAGES.includes(usePathname());
  const toast = useToast((state) => state.toast);
  return (
    <Toaster low={low} id={toast?.id ?? null} text={toast?.text ?? ""} action={toast?.action} onDone={hush} />
  );
}
