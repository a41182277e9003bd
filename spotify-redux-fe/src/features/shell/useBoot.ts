import { useEffect } from "react";
import { AppState } from "react-native";

import { recallServer, useConnection } from "@/api/connection";
import { resume, useSession } from "@/api/session";
import { t } from "@/i18n";
import { mediaSession } from "@/platform/mediaSession";
import { onLeave } from "@/platform/onLeave";
import { registerServiceWorker } from "@/platform/serviceWorker";
import { keepGoing } from "@/stores/endless";
import { loadLikes } from "@/stores/likes";
import { flush } from "@/stores/listens";
import { seekBy, setPlaying, skip } from "@/stores/player/commands";
import { engine } from "@/stores/player/engine";
import { say } from "@/stores/toast";
import { syncQueue, writeQueueNow } from "@/stores/queueSync";

/** What runs beside the pages: the session at the start; for an account, its likes, its queue and the player. */
export function useBoot(): void {
  const id = useSession((state) => (state.status === "in" ? state.user?.id : undefined));
  const reachable = useConnection((state) => state.reachable);
  useEffect(() => {
    mediaSession.handle({ setPlaying, skip, seekBy });
    void recallServer().then(resume);
    registerServiceWorker((reload) => say(t("app.new_version"), { label: t("app.reload"), run: reload }));
  }, []);
  useEffect(() => (id === undefined ? undefined : runFor()), [id]);
  useEffect(() => {
    if (reachable && id !== undefined) void flush();
  }, [reachable, id]);
}

function runFor(): () => void {
  const stops: (() => void)[] = [];
  let gone = false;
  const started = (stop: () => void): void => void (gone ? stop() : stops.push(stop));
  void loadLikes().catch(() => undefined);
  void syncQueue()
    .then(started)
    .finally(() => {
      if (gone) return;
      started(engine.start());
      started(keepGoing());
    });
  started(onLeave(writeQueueNow));
  const subscription = AppState.addEventListener("change", (state) => state !== "active" && writeQueueNow());
  started(() => subscription.remove());
  return () => {
    gone = true;
    for (const stop of stops) stop();
  };
}
