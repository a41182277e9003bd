import { ImportDialog } from "@/features/history/LazyImport";
import { ProfileScreen } from "@/features/profile/ProfileScreen";

export default function Profile() {
  return <ProfileScreen history={(done) => <ImportDialog onClose={done} />} />;
}
