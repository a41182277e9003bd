import { clock } from "./time";

test.each([
  [0, "0:00"],
  [62_000, "1:02"],
  [3_725_000, "1:02:05"],
  [-5, "0:00"],
])("%d ms reads %s", (ms, shown) => {
  expect(clock(ms)).toBe(shown);
});
