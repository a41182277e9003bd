/** The queue that plays; kept on this device, so that it outlives a restart. */

import AsyncStorage from "@react-native-async-storage/async-storage";
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";

import { EMPTY, reduce, type Queue, type QueueEvent } from "./queueMachine";

interface QueueState {
  queue: Queue;
  /** Whether songs are added at its end. */
  goesOn: boolean;
  /** Whether a listener changed it here, and the account's queue does not have that yet. */
  unsaved: boolean;
  send: (event: QueueEvent) => void;
  setGoesOn: (goesOn: boolean) => void;
}

export const useQueue = create<QueueState>()(
  persist(
    (set) => ({
      queue: EMPTY,
      goesOn: true,
      unsaved: false,
      send: (event) => set((state) => after(state, event)),
      setGoesOn: (goesOn) =>
        set((state) => ({ goesOn, ...(goesOn ? {} : after(state, { type: "drop_auto" })) })),
    }),
    {
      name: "queue",
      storage: createJSONStorage(() => AsyncStorage),
      partialize: ({ queue, goesOn, unsaved }) => ({ queue, goesOn, unsaved }),
    },
  ),
);

/** What comes by itself, and is nobody's change. */
const byItself: readonly QueueEvent["type"][] = ["extend", "rename"];

function after({ queue, unsaved }: QueueState, event: QueueEvent): Pick<QueueState, "queue" | "unsaved"> {
  const next = reduce(queue, event);
  return { queue: next, unsaved: unsaved || (next !== queue && !byItself.includes(event.type)) };
}

export const queueNow = (): Queue => useQueue.getState().queue;
export const sendToQueue = (event: QueueEvent): void => useQueue.getState().send(event);

/** The account's queue in place of this device's. */
export const takeOver = (queue: Queue): void => void useQueue.setState({ queue, unsaved: false });
export const markSaved = (): void => void useQueue.setState({ unsaved: false });

/** Sends an event that takes songs out. What it returns puts them back, whatever plays by then. */
export function takeOut(event: QueueEvent): () => void {
  const from = queueNow();
  sendToQueue(event);
  const left = queueNow().entries;
  const taken = from.entries.filter((one) => !left.includes(one));
  return () => sendToQueue({ type: "put_back", taken, from });
}
