import { filtered } from "./filtered";

const song = (artist: string, track: string) => ({ song_id: `${artist} - ${track}`, artist, track });
const songs = [song("Björk", "Jóga"), song("Air", "Talisman"), song("Björk", "Army of Me")];
const tracks = (found: readonly { track: string }[]): string[] => found.map(({ track }) => track);

test("the newest come first", () =>
  expect(tracks(filtered(songs, "recent", ""))).toEqual(["Jóga", "Talisman", "Army of Me"]));
test("by artist, then by title", () =>
  expect(tracks(filtered(songs, "artist", ""))).toEqual(["Talisman", "Army of Me", "Jóga"]));
test("by title", () =>
  expect(tracks(filtered(songs, "track", ""))).toEqual(["Army of Me", "Jóga", "Talisman"]));
test("accents and the order of words do not matter", () =>
  expect(tracks(filtered(songs, "recent", "joga bjork"))).toEqual(["Jóga"]));
