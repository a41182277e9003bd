/** Server state, kept across starts so that the app opens with what it knew. */

import AsyncStorage from "@react-native-async-storage/async-storage";
import { createAsyncStoragePersister } from "@tanstack/query-async-storage-persister";
import { QueryClient } from "@tanstack/react-query";

import { passes, problemIn } from "./problem";

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;
const TRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      staleTime: MINUTE,
      gcTime: 7 * DAY,
      retry: (count, error) => count < TRIES && passes(problemIn(error)),
    },
    mutations: { networkMode: "always" },
  },
});

export const persister = createAsyncStoragePersister({
  storage: AsyncStorage,
  key: "cache",
  throttleTime: 300,
});
export const persistFor = 7 * DAY;
export const kept = ["shelves", "likes", "metadata", "seeds"];
