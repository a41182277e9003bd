import { useQueue } from "@/stores/queue";
import { current, type Entry } from "@/stores/queueMachine";

/** The entry that plays. */
export function useCurrent(): Entry | null {
  return useQueue((state) => current(state.queue));
}

export function useIsCurrent(songId: string): boolean {
  return useQueue((state) => current(state.queue)?.song.song_id === songId);
}
