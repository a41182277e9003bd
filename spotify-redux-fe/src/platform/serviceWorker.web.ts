/** Opens the app without a network. A newer version waits until it is asked for in one tab; all of them begin anew with it. */

import { reload } from "./reload";

/** `onNew` hears of each version that waits, at the start too, and how to change to it. */
export function registerServiceWorker(onNew: (change: () => void) => void): void {
  if (__DEV__ || !("serviceWorker" in navigator)) return;
  // parts of the version before, which a tab may still ask for, are gone with it
  if (navigator.serviceWorker.controller) {
    navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
  }
  navigator.serviceWorker
    .register("/sw.js")
    .then((registration) => watch(registration, onNew))
    .catch(() => undefined); // without it everything works, but not offline
}

function watch(registration: ServiceWorkerRegistration, onNew: (change: () => void) => void): void {
  const offer = (fresh: ServiceWorker | null): void => {
    // the first version replaces none
    if (fresh?.state === "installed" && navigator.serviceWorker.controller) {
      onNew(() => fresh.postMessage({ type: "SKIP_WAITING" }));
    }
  };
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => offer(fresh));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
  });
}
