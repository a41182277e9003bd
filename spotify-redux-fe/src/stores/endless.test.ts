import { calls, json, later, quiet, serve, song, until, type Asked } from "@/testing/server";

import { keepGoing } from "./endless";
import { queueNow, sendToQueue } from "./queue";
import { EMPTY } from "./queueMachine";

const NEXT = "POST /recommendations/next";
const following = ({ body }: Asked): Response => {
  const { recent } = body as { recent: string[] };
  return json({ items: [song(`after ${recent.at(-1)?.replace("Artist - ", "")}`)] });
};
const tracks = (): string[] => queueNow().entries.map((entry) => entry.song.track);

beforeEach(() => sendToQueue({ type: "restore", queue: EMPTY }));

test("songs that were asked for a song tapped by mistake do not follow the next one", async () => {
  const slow = later();
  let times = 0;
  const asked = serve({ [NEXT]: (one) => ((times += 1) === 1 ? slow.answer : following(one)) });
  const stop = keepGoing();
  sendToQueue({ type: "play", songs: [song("wrong")] });
  await until(() => calls(asked, NEXT).length === 1);
  sendToQueue({ type: "play", songs: [song("right")] });
  slow.give(json({ items: [song("after wrong")] }));
  await until(() => tracks().length > 1);
  await quiet();
  stop();
  expect(tracks().slice(0, 2)).toEqual(["right", "after right"]);
  expect(tracks()).not.toContain("after wrong");
});

test("a failed question is not asked again and again", async () => {
  const asked = serve({ [NEXT]: () => json({}, 503) });
  const stop = keepGoing();
  sendToQueue({ type: "play", songs: [song("a")] });
  await until(() => calls(asked, NEXT).length === 1);
  await quiet();
  stop();
  expect(calls(asked, NEXT)).toHaveLength(1);
});
