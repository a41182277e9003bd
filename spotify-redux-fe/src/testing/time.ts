/** Time for tests: it stands still until it is told to pass. */

/** Timers and answers for so long. */
export async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= STEP) {
    await answered();
    await jest.advanceTimersByTimeAsync(Math.min(STEP, left));
  }
  await answered();
}

const STEP = 200;
const TURNS = 20;

async function answered(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export const fakeTime = (): void =>
  void jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
