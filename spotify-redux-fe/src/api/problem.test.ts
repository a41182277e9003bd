import { ApiError, orElse, passes, pauseAfter, problemOf, type Problem } from "./problem";

const answer = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });

const table: [string, number, object | null, Record<string, string>, Problem][] = [
  ["a session that ended", 401, { code: "token_expired" }, {}, { kind: "signed_out" }],
  [
    "a wrong password at the login",
    401,
    { code: "bad_credentials", detail: "no" },
    {},
    { kind: "rejected", status: 401, code: "bad_credentials", detail: "no", faults: [] },
  ],
  ["too often", 429, {}, { "Retry-After": "7" }, { kind: "rate_limited", retryAfter: 7 }],
  ["a busy server that says no time", 503, {}, {}, { kind: "busy", retryAfter: 2 }],
  [
    "a call that an older server does not have",
    404,
    { code: "not_found", detail: "x" },
    {},
    { kind: "absent" },
  ],
  ["a page of some proxy", 404, null, {}, { kind: "absent" }],
  [
    "a song that is not there",
    404,
    { code: "song_unknown", detail: "x" },
    {},
    { kind: "rejected", status: 404, code: "song_unknown", detail: "x", faults: [] },
  ],
  ["another device was faster", 412, {}, {}, { kind: "changed_meanwhile" }],
  ["a mistake of the server", 500, {}, {}, { kind: "broken", status: 500 }],
  [
    "fields that cannot be, each for a reason of its own",
    422,
    {
      code: "too_short",
      detail: "username: short",
      errors: [
        { loc: ["body", "username"], code: "too_short" },
        { loc: ["body", "password"], code: "weak_password" },
      ],
    },
    {},
    {
      kind: "rejected",
      status: 422,
      code: "too_short",
      detail: "username: short",
      faults: [
        { field: "username", code: "too_short" },
        { field: "password", code: "weak_password" },
      ],
    },
  ],
];

test.each(table)("%s", (_name, status, body, headers, problem) => {
  expect(problemOf(answer(status, headers), body)).toEqual(problem);
});

test("only what may pass by itself is tried again", () => {
  expect(passes({ kind: "offline" })).toBe(true);
  expect(passes({ kind: "broken", status: 500 })).toBe(false);
});

test("what a server does not have is replaced, other problems are not", async () => {
  await expect(orElse(Promise.reject(new ApiError({ kind: "absent" })), () => 1)).resolves.toBe(1);
  await expect(orElse(Promise.reject(new ApiError({ kind: "offline" })), () => 1)).rejects.toThrow("offline");
});

test("the next try waits as long as the server asks, and where it would not help there is none", () => {
  expect(pauseAfter(new ApiError({ kind: "rate_limited", retryAfter: 7 }))).toBe(7000);
  expect(pauseAfter(new ApiError({ kind: "offline" }))).toBe(4000);
  expect(pauseAfter(new ApiError({ kind: "signed_out" }))).toBeNull();
});
