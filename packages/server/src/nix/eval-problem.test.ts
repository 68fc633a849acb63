import { describe, expect, it } from "vitest";
import { evaluationProblem } from "./eval-problem.ts";

const store = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-source";

/** What Nix wrote -> code, place and message; the first of each pair is of 2.8, the second of later versions. */
const rows: readonly (readonly [name: string, stderr: string, shown: object, message: RegExp])[] = [
  [
    "a syntax error",
    `error: syntax error, unexpected '='\n\n       at ${store}/hop3.nix:4:3:\n`,
    { code: "NIX_SYNTAX", place: { file: "hop3.nix", line: 4, column: 3 } },
    /syntax error: unexpected '='/,
  ],
  [
    "a syntax error of later versions",
    `error:\n       … while evaluating\n\n       error: syntax error, unexpected '='\n       at «path:/x»/hop3.nix:4:3:\n`,
    { code: "NIX_SYNTAX" },
    /syntax error: unexpected '='/,
  ],
  [
    "a missing attribute",
    `error: attribute 'busybix' missing\n\n       at ${store}/hop3.nix:3:13:\n`,
    {
      code: "NIX_EVAL_FAILED",
      place: { file: "hop3.nix", line: 3, column: 13 },
      hint: /'busybox'/,
    },
    /attribute 'busybix' missing/,
  ],
  [
    "a package without its set",
    `error: undefined variable 'busybix'\n\n       at ${store}/hop3.nix:5:14:\n`,
    { code: "NIX_EVAL_FAILED", hint: /Did you mean 'pkgs\.busybox'\?/ },
    /undefined variable 'busybix'/,
  ],
  [
    "the time",
    `error: attribute 'currentTime' missing\n\n       at ${store}/hop3.nix:3:13:\n`,
    { code: "NIX_IMPURE" },
    /currentTime/,
  ],
  [
    "a full disk",
    "error: writing to file: No space left on device\n",
    { code: "NIX_DISK_FULL" },
    /disk was full/,
  ],
  [
    "a dead daemon",
    "error: cannot connect to daemon at '/nix/var/nix/daemon-socket/socket': Connection refused\n",
    { code: "NIX_UNUSABLE" },
    /cannot connect to daemon/,
  ],
  ["nothing", "", { code: "NIX_EVAL_FAILED", place: { file: "hop3.nix" } }, /gave no reason/],
];

describe("what Nix wrote", () => {
  it.each(rows)("becomes, for %s, one failure with its place", async (...row) => {
    const [, stderr, shown, message] = row;
    const problem = await evaluationProblem({
      stderr,
      file: "hop3.nix",
      nearest: async (missing) => (missing === "busybix" ? ["busybox"] : []),
    });
    const { hint, ...others } = shown as { hint?: RegExp };
    expect(problem.failure).toMatchObject(others);
    expect(problem.message).toMatch(message);
    if (hint !== undefined) expect(problem.failure.hint).toMatch(hint);
  });
});
