import { lazy, Suspense } from "react";

const Dialog = lazy(() => import("./ImportDialog").then(({ ImportDialog: found }) => ({ default: found })));

/** The import, loaded when it is opened. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  return (
    <Suspense fallback={null}>
      <Dialog onClose={onClose} />
    </Suspense>
  );
}
