import type { Song } from "@/api/types";

import { keepSeen } from "./keepSeen";

const songs = (ids: string): Song[] => [...ids].map((id) => ({ song_id: id }) as Song);
const ids = (shown: readonly Song[]): string => shown.map((song) => song.song_id).join("");

test("what stands before the last pick keeps its place, and the answer follows it", () =>
  expect(ids(keepSeen(songs("abcdef"), ["b", "d"], songs("xayc")))).toBe("abcdxy"));
test("without a pick on the screen the answer stands alone", () =>
  expect(ids(keepSeen(songs("abc"), ["z"], songs("xyb")))).toBe("xyb"));
