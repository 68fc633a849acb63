import { describe, expect, it } from "vitest";
import { judgeCommit } from "./commits.ts";
import { rules } from "./rules.ts";

const server = "packages/server/src";
// Names that the rule looks for are put together here, so that this file passes it.
const host = ["registry", "npmjs", "org"].join(".");
const mock = ["vi", "mock"].join(".");

const cases: readonly { path: string; text: string; rule: string | undefined }[] = [
  { path: `${server}/run/x.ts`, text: "process.exitCode = 1;", rule: "one-exit" },
  { path: "packages/cli/src/main.ts", text: "process.exitCode = 1;", rule: undefined },
  { path: `${server}/run/x.test.ts`, text: `${mock}("./y.ts")`, rule: "no-mocks" },
  { path: "packages/cli/src/x.ts", text: 'throw new Error("no")', rule: "typed-failures" },
  { path: `${server}/run/x.ts`, text: 'throw new Error("a bug")', rule: undefined },
  { path: `${server}/run/x.ts`, text: "class Bad extends Error {}", rule: "typed-failures" },
  { path: `${server}/db/x.ts`, text: "const row = z.object({})", rule: "schema-names" },
  { path: `${server}/db/x.ts`, text: "export const Row = z.object({})", rule: undefined },
  {
    path: `${server}/db/x.ts`,
    text: "export const Row = z.object({});\nexport type Line = z.infer<typeof Row>;",
    rule: "schema-names",
  },
  {
    path: `${server}/db/x.ts`,
    text: "export const Row = z.object({});\nexport type Row = z.infer<typeof Row>;",
    rule: undefined,
  },
  { path: "docs/x.md", text: `see https://${host}/x`, rule: "no-package-hosts" },
  { path: "docs/x.md", text: "see https://example.org/x", rule: undefined },
  { path: "docs/x.md", text: "done \u{1f680}", rule: "no-emoji" },
  { path: "docs/x.md", text: "done \u2713 \u2192", rule: undefined },
  { path: `${server}/nix/x.ts`, text: 'import "x" from "../http/a.ts"', rule: "stage-order" },
  { path: `${server}/http/x.ts`, text: 'import { x } from "../nix/a.ts"', rule: undefined },
  { path: `${server}/nix/x.ts`, text: 'import { x } from "../main.ts"', rule: "stage-order" },
  { path: `${server}/nix/x.ts`, text: 'import { x } from "../home.ts"', rule: undefined },
  { path: `${server}/new-stage/x.ts`, text: "", rule: "stage-order" },
  {
    path: "packages/core/src/plan/x.ts",
    text: 'import { x } from "@hop3/server"',
    rule: "stage-order",
  },
  {
    path: "packages/cli/src/x.ts",
    text: 'import { x } from "../../core/src/names.ts"',
    rule: "stage-order",
  },
];

describe("rules", () => {
  it.each(cases)("$path: $text -> $rule", ({ path, text, rule }) => {
    const found = rules.flatMap((check) => check({ path, text })).map((finding) => finding.rule);
    expect(found).toEqual(rule === undefined ? [] : [rule]);
  });

  it("names the line", () => {
    const findings = rules.flatMap((check) =>
      check({ path: `${server}/run/x.ts`, text: "\n\n  process.exit(1)" }),
    );
    expect(findings).toMatchObject([{ line: 3 }]);
  });
});

describe("judgeCommit", () => {
  it.each([
    ["feat(nix): hash of a tree as Nix computes it", "Because.", true],
    ["feat(nix): hash of a tree as Nix computes it", "", false],
    ["docs(readme): what you then see", "", true],
    ["Feat: something", "Because.", false],
    ["feat(nix): ends with a stop.", "Because.", false],
    [`feat(nix): ${"x".repeat(70)}`, "Because.", false],
  ])("%s", (subject, body, isFine) => {
    expect(judgeCommit({ id: "0", subject, body }) === undefined).toBe(isFine);
  });
});
