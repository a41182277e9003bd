import { addressOf } from "./connection";

test.each([
  ["music.example.org", "http://music.example.org"],
  ["https://music.example.org/", "https://music.example.org"],
  [" http://192.168.1.20:8000 ", "http://192.168.1.20:8000"],
  ["https://example.org/music/", "https://example.org/music"],
  ["", null],
  ["http://", null],
])("%s is read as %s", (typed, address) => {
  expect(addressOf(typed)).toBe(address);
});
