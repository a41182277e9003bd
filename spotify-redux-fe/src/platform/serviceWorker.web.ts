/** Opens the app without a network. A newer version waits until it is asked for in one tab; all of them begin anew with it. */

import { reload } from "./reload";

export function registerServiceWorker(onNew: (reload: () => void) => void): void {
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

function watch(registration: ServiceWorkerRegistration, onNew: (reload: () => void) => void): void {
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) onNew(() => use(fresh));
    });
  });
}

const use = (fresh: ServiceWorker): void => fresh.postMessage({ type: "SKIP_WAITING" });
