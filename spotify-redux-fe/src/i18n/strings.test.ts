import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import en from "./en.json";
import { pseudo, type Strings } from "./pseudo";

function names(strings: Strings, before = ""): string[] {
  return Object.entries(strings).flatMap(([key, value]) =>
    typeof value === "string" ? [before + key] : names(value, `${before}${key}.`),
  );
}

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|schema\.d/.test(name))
  .map((name) => readFileSync(path.join("src", name), "utf8"))
  .join("\n");

const known = new Set(names(en).map((name) => name.replace(/_(one|other)$/, "")));

test("every string that is asked for is there", () => {
  const asked = [...sources.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((found) => found[1] ?? "");
  expect(asked.length).toBeGreaterThan(80);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test("every string that is there is asked for", () => {
  const built = [
    "code.",
    "likes.by_",
    "history.state_",
    "player.",
    "auth.",
    "server.",
    "keys.",
    "profile.",
    "admin.state_",
  ];
  const unused = [...known].filter(
    (name) => !sources.includes(`"${name}"`) && !built.some((start) => name.startsWith(start)),
  );
  expect(unused).toEqual([]);
});

test("the pseudo-locale marks every string and keeps what is filled in", () => {
  const marked = pseudo(en) as { song: { play: string } };
  expect(marked.song.play).toBe("⟦Pláy {{track}} by {{artist}}⟧");
});
