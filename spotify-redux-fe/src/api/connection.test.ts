import { addressesOf } from "./connection";

test.each([
  ["music.example.org", ["https://music.example.org", "http://music.example.org"]],
  ["192.168.1.20:8000", ["https://192.168.1.20:8000", "http://192.168.1.20:8000"]],
  ["https://music.example.org/", ["https://music.example.org"]],
  [" http://192.168.1.20:8000 ", ["http://192.168.1.20:8000"]],
  ["https://example.org/music/", ["https://example.org/music"]],
  ["", []],
  ["http://", []],
])("%s is read as %s", (typed, addresses) => {
  expect(addressesOf(typed)).toEqual(addresses);
});
