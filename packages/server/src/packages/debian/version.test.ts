import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run } from "../../proc/run.ts";
import { compareVersions, satisfies } from "./version.ts";

const digits = fc.stringMatching(/^[0-9]{1,3}$/);
const upstream = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,8}$/);
const revision = fc.stringMatching(/^[0-9a-zA-Z.+~]{1,5}$/);
const version = fc
  .tuple(fc.option(digits, { nil: undefined }), upstream, fc.option(revision, { nil: undefined }))
  .map(([epoch, main, rest]) =>
    [epoch === undefined ? "" : `${epoch}:`, main, rest === undefined ? "" : `-${rest}`].join(""),
  );
/** Versions that differ a little are where an ordering goes wrong. */
const pair = fc.oneof(
  fc.tuple(version, version),
  fc
    .tuple(version, fc.constantFrom("~", "+", "a", "0", ".", "~rc1", "+b1", "-1", "-0"))
    .map(([text, end]): [string, string] => [text, text + end]),
);

async function dpkgSays(a: string, relation: string, b: string): Promise<boolean> {
  const result = await run({ argv: ["dpkg", "--compare-versions", a, relation, b] });
  expect(result.stderr).toBe("");
  return result.exitCode === 0;
}

describe("compareVersions", () => {
  it("orders any two versions as dpkg does", async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        const order = compareVersions(a, b);
        const relation = ["lt", "eq", "gt"][Math.sign(order) + 1] ?? "";
        expect([a, relation, b, await dpkgSays(a, relation, b)]).toEqual([a, relation, b, true]);
        expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -Math.sign(order));
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it.each([
    ["1.0", "<<", "1.0-1", true],
    ["1.0~rc1", "<<", "1.0", true],
    ["1:0.1", ">>", "9.9", true],
    ["2.36-9+deb12u14", ">=", "2.36", true],
    ["1.0", "=", "1.00", true],
    ["1.0", ">>", "1.0", false],
  ] as const)("%s %s %s is %s", (...row) => {
    const [a, relation, b, expected] = row;
    expect(satisfies(a, relation, b)).toBe(expected);
  });
});
