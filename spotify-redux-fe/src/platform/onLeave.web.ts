/** Runs as the page is hidden or left; gives what ends that. */

export function onLeave(run: () => void): () => void {
  window.addEventListener("pagehide", run);
  return () => window.removeEventListener("pagehide", run);
}
