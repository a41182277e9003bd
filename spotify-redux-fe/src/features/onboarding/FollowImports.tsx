import { useEffect } from "react";

import { followHistory, useImports } from "@/stores/imports";

/** An import that was left to itself leads home as soon as it is done. */
export function FollowImports() {
  const { data } = useImports();
  const done = data?.filter((one) => one.state === "done").length ?? 0;
  useEffect(() => {
    if (done > 0) void followHistory().catch(() => undefined);
  }, [done]);
  return null;
}
