import { byAsked } from "./byAsked";

test.each([
  ["by its own song_id", ["a", "b"], ["A", "B"], [], { a: "A", b: "B" }],
  [
    "by its old one, behind one that is unknown",
    ["gone", "old", "b"],
    ["NEW", "B"],
    ["gone"],
    { old: "NEW", b: "B" },
  ],
  ["by both, where both are asked", ["old", "new"], ["NEW", "NEW"], [], { old: "NEW", new: "NEW" }],
  ["by one that is asked twice", ["a", "a", "b"], ["A", "B"], [], { a: "A", b: "B" }],
  ["by none, where a server says nothing of it", ["a"], [], undefined, {}],
])("a song is found %s", (_name, asked, items, unknown, found) => {
  expect(Object.fromEntries(byAsked(asked, { items, unknown }))).toEqual(found);
});
