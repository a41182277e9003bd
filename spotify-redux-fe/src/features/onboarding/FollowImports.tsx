import { useEffect, useState } from "react";

import { beginWithHistory, isOver, useImports } from "@/stores/imports";

/** An import that was seen to run leads home as soon as it is done; one of before leads nowhere. `waits`: not yet. */
export function FollowImports({ waits }: { waits: boolean }) {
  const { data } = useImports();
  const [seen, setSeen] = useState<readonly string[]>([]);
  const fresh = (data ?? []).filter((one) => !isOver(one) && !seen.includes(one.id));
  if (fresh.length > 0) setSeen([...seen, ...fresh.map((one) => one.id)]);
  const done = data?.some((one) => one.state === "done" && seen.includes(one.id)) ?? false;
  useEffect(() => {
    if (done && !waits) void beginWithHistory().catch(() => undefined);
  }, [done, waits]);
  return null;
}
