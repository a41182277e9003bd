import { useTranslation } from "@/i18n";

/** The first stop of the keyboard: past the navigation. Seen while it has the focus. */
export function SkipLink() {
  const { t } = useTranslation();
  return (
    <a className="skip" href="#main" onClick={focusMain}>
      {t("nav.skip")}
    </a>
  );
}

function focusMain(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
