/** Opens the app without a network. A newer version waits until the listener asks for it. */

export function registerServiceWorker(onNew: (reload: () => void) => void): void {
  if (__DEV__ || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker
    .register("/sw.js")
    .then((registration) => watch(registration, onNew))
    .catch(() => undefined); // without it everything works, but not offline
}

function watch(registration: ServiceWorkerRegistration, onNew: (reload: () => void) => void): void {
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) onNew(() => change(fresh));
    });
  });
}

function change(fresh: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => window.location.reload(), {
    once: true,
  });
  fresh.postMessage({ type: "SKIP_WAITING" });
}
