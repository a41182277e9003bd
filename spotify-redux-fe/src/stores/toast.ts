/** What the app says in passing, with at most one thing to do about it. */

import { create } from "zustand";

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

interface ToastState {
  toast: Toast | null;
}

let said = 0;

export const useToast = create<ToastState>()(() => ({ toast: null }));

export function say(text: string, action?: Toast["action"]): void {
  useToast.setState({ toast: { id: (said += 1), text, action } });
}

export function hush(): void {
  useToast.setState({ toast: null });
}
