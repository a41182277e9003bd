/** What stands open beside the page: the queue, the overlay of shortcuts. */

import { create } from "zustand";

interface PaneState {
  queue: boolean;
  shortcuts: boolean;
}

export const usePane = create<PaneState>()(() => ({ queue: true, shortcuts: false }));

export const toggleQueuePane = (): void => usePane.setState(({ queue }) => ({ queue: !queue }));
export const showShortcuts = (shortcuts: boolean): void => usePane.setState({ shortcuts });
