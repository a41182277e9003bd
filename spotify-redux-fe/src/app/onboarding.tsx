import { ImportDialog } from "@/features/history/LazyImport";
import { OnboardingScreen } from "@/features/onboarding/OnboardingScreen";

export default function Onboarding() {
  return <OnboardingScreen history={(done) => <ImportDialog onClose={done} />} />;
}
