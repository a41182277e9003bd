import { type Fault, type Problem } from "@/api/problem";

import { explain, explainAt } from "./explain";

const rejected = (code: string, faults: Fault[] = [], detail = ""): Problem => ({
  kind: "rejected",
  status: 422,
  code,
  detail,
  faults,
});

test("each field is explained by what is wrong with it", () => {
  const problem = rejected("bad_username", [
    { field: "username", code: "bad_username" },
    { field: "password", code: "too_short" },
  ]);
  expect(explainAt(problem, ["username", "password"])).toEqual({
    username: "Use letters, digits and punctuation, without blanks at the ends or two in a row.",
    password: "Use 8 characters or more.",
  });
});

test.each<[string, Problem, Record<string, string>]>([
  ["a code is about", rejected("username_taken"), { username: "This username is taken. Choose another." }],
  ["nothing names", rejected("bad_credentials"), { "": "The username or the password is wrong." }],
  ["no rule is broken at", { kind: "absent" }, { "": "This server does not offer this yet." }],
])("the field that %s", (_name, problem, words) =>
  expect(explainAt(problem, ["username"], { username_taken: "username" })).toEqual(words),
);

test("without words of ours the server's own stand", () => {
  expect(explain(rejected("new_one", [{ field: "x", code: "new_one" }], "x: not now"))).toBe("x: not now");
  expect(explain(rejected("private_session", [], "end it with PATCH /me"))).toContain("Switch it off");
});
