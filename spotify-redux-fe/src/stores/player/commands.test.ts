import { queryClient } from "@/api/queryClient";
import { serve, song, until } from "@/testing/server";

import { queueNow, sendToQueue } from "../queue";
import { current, EMPTY } from "../queueMachine";
import { useToast } from "../toast";
import { play, setPlaying } from "./commands";
import { engine } from "./engine";
import { playerNow } from "./state";

afterEach(() => queryClient.clear());

test.each([true, false])(
  "a queue replaced by mistake is had back where it was, playing: %s",
  async (playing) => {
    serve({});
    const stop = engine.start();
    play([song("a"), song("b")]);
    await until(() => playerNow().durationMs > 0);
    engine.seek(150_000);
    setPlaying(playing);

    play([song("wrong")]);
    expect(current(queueNow())?.song.track).toBe("wrong");
    useToast.getState().toast?.action?.run();
    await until(() => playerNow().durationMs > 0);

    expect(current(queueNow())?.song.track).toBe("a");
    expect(playerNow().positionMs).toBeGreaterThanOrEqual(150_000);
    expect(playerNow().playing).toBe(playing);
    sendToQueue({ type: "restore", queue: EMPTY });
    stop();
  },
);
