/** What the app says in passing, and what it offers until that is used or declined: each with at most one thing to do. */

import { create } from "zustand";

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

interface ToastState {
  toast: Toast | null;
  /** Stands where nothing else is said. */
  offer: Toast | null;
}

let said = 0;

export const useToast = create<ToastState>()(() => ({ toast: null, offer: null }));

const made = (text: string, action?: Toast["action"]): Toast => ({ id: (said += 1), text, action });

export function say(text: string, action?: Toast["action"]): void {
  useToast.setState({ toast: made(text, action) });
}

export function offer(text: string, action: Toast["action"]): void {
  useToast.setState({ offer: made(text, action) });
}

export function hush(): void {
  useToast.setState({ toast: null });
}

export function decline(): void {
  useToast.setState({ offer: null });
}
