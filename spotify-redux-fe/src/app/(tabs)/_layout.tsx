import { lazy } from "react";
import { Deck } from "@/features/player/Deck";
import { TabsLayout } from "@/features/shell/TabsLayout";
export { Failed as ErrorBoundary } from "@/features/shell/Failed";

const QueuePane = lazy(() => import("@/features/queue/QueuePane"));

export default function Layout() {
  return <TabsLayout deck={<Deck />} queue={<QueuePane />} />;
}
