import { hush, useToast } from "@/stores/toast";
import { Toaster } from "@/ui/Toaster";

export function Toasts() {
  const toast = useToast((state) => state.toast);
  return <Toaster id={toast?.id ?? null} text={toast?.text ?? ""} action={toast?.action} onDone={hush} />;
}
