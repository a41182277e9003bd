import { useEffect } from "react";
import { AppState } from "react-native";

import { recallServer, useConnection } from "@/api/connection";
import { onOtherUser, resume, useSession } from "@/api/session";
import { t } from "@/i18n";
import { mediaSession } from "@/platform/mediaSession";
import { onLeave } from "@/platform/onLeave";
import { registerServiceWorker } from "@/platform/serviceWorker";
import { handOver } from "@/stores/account";
import { keepGoing } from "@/stores/endless";
import { loadLikes } from "@/stores/likes";
import { flush } from "@/stores/listens";
import { seekBy, setPlaying, skip } from "@/stores/player/commands";
import { engine } from "@/stores/player/engine";
import { offer } from "@/stores/toast";
import { QueueSync } from "@/stores/queueSync";

/** What runs beside the pages: the session at the start; for an account, its likes, its queue and the player. */
export function useBoot(): void {
  const id = useSession((state) => (state.status === "in" ? state.user?.id : undefined));
  useEffect(() => {
    mediaSession.handle({ setPlaying, skip, seekBy });
    onOtherUser(handOver);
    void recallServer().then(resume);
    registerServiceWorker((change) => offer(t("app.new_version"), { label: t("app.reload"), run: change }));
  }, []);
  useEffect(() => (id === undefined ? undefined : runFor()), [id]);
}

function runFor(): () => void {
  const sync = new QueueSync();
  const leave = (): void => sync.leave();
  const catchUp = (): void => {
    void loadLikes().catch(() => undefined);
    void flush();
    void sync.now();
  };
  const states = AppState.addEventListener("change", (state) => state !== "active" && leave());
  const stops = [
    engine.start(),
    keepGoing(),
    sync.start(),
    onLeave(leave),
    () => states.remove(),
    useConnection.subscribe(({ reachable }, before) => {
      if (reachable && !before.reachable) catchUp();
    }),
  ];
  catchUp();
  return () => {
    for (const stop of stops) stop();
  };
}
