/** The queue that plays; kept on this device, so that it outlives a restart. */

import AsyncStorage from "@react-native-async-storage/async-storage";
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";

import { EMPTY, reduce, type Queue, type QueueEvent } from "./queueMachine";

interface QueueState {
  queue: Queue;
  /** Whether songs are added at its end. */
  goesOn: boolean;
  send: (event: QueueEvent) => void;
  setGoesOn: (goesOn: boolean) => void;
}

export const useQueue = create<QueueState>()(
  persist(
    (set) => ({
      queue: EMPTY,
      goesOn: true,
      send: (event) => set((state) => ({ queue: reduce(state.queue, event) })),
      setGoesOn: (goesOn) =>
        set((state) => ({
          goesOn,
          queue: goesOn ? state.queue : reduce(state.queue, { type: "drop_auto" }),
        })),
    }),
    {
      name: "queue",
      storage: createJSONStorage(() => AsyncStorage),
      partialize: ({ queue, goesOn }) => ({ queue, goesOn }),
    },
  ),
);

export const queueNow = (): Queue => useQueue.getState().queue;
export const sendToQueue = (event: QueueEvent): void => useQueue.getState().send(event);
