import { fakeTime, pass } from "@/testing/time";
import { wait } from "@/theme/tokens";

import { noticePauses, type Pauses } from "./pauses";
import { playerNow, setPlayer } from "./state";

const player = { playing: false, isBuffering: false };
let pauses: Pauses;

/** The player begins or stops, and says so. */
function sounds(playing: boolean): void {
  player.playing = playing;
  pauses.status(playing);
}

beforeEach(() => {
  fakeTime();
  player.isBuffering = false;
  pauses = noticePauses(player, (playing) => setPlayer({ playing }));
  setPlayer({ playing: true });
});

afterEach(() => {
  pauses.reset();
  setPlayer({ playing: false });
  jest.useRealTimers();
});

test("a pause for a call is noticed, and its end as well", async () => {
  sounds(true);
  sounds(false);
  await pass(wait.doubt);
  expect(playerNow().playing).toBe(false);
  sounds(true);
  expect(playerNow().playing).toBe(true);
});

test("who asks for something else during a call is not overruled at its end", async () => {
  sounds(true);
  sounds(false);
  await pass(wait.doubt);
  pauses.reset();
  sounds(true);
  expect(playerNow().playing).toBe(false);
});

test("what did not sound yet is not paused", async () => {
  sounds(false);
  await pass(2 * wait.doubt);
  expect(playerNow().playing).toBe(true);
});

test("sound that is on its way is no pause, nor is one that a browser only says to have stopped", async () => {
  sounds(true);
  player.isBuffering = true;
  sounds(false);
  await pass(2 * wait.doubt);
  expect(playerNow().playing).toBe(true);
  Object.assign(player, { playing: true, isBuffering: false });
  pauses.status(false);
  await pass(2 * wait.doubt);
  expect(playerNow().playing).toBe(true);
});

test("the end of a song is no pause: what follows plays", async () => {
  sounds(true);
  sounds(false);
  pauses.reset(); // the song is closed
  await pass(2 * wait.doubt);
  expect(playerNow().playing).toBe(true);
});
