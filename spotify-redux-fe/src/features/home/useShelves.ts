import { useQuery } from "@tanstack/react-query";

import { shelves } from "@/api/calls/songs";
import { keys } from "@/api/keys";
import { useSession } from "@/api/session";

export function useShelves() {
  const enabled = useSession((state) => state.status === "in" && state.user?.onboarded === true);
  return useQuery({ queryKey: keys.shelves, queryFn: () => shelves(), enabled });
}
