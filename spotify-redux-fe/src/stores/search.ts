/** What is searched for: kept while other pages are open. */

import { create } from "zustand";

interface SearchState {
  q: string;
  /** Counts wishes to type: the field takes the focus at each. */
  wishes: number;
}

export const useSearch = create<SearchState>()(() => ({ q: "", wishes: 0 }));

export const setQ = (q: string): void => useSearch.setState({ q });

export function useFocusSearch(): () => void {
  return () => useSearch.setState(({ wishes }) => ({ wishes: wishes + 1 }));
}
