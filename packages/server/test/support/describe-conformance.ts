import { beforeAll, describe, expect, it } from "vitest";
import { type Law, laws } from "./conformance.ts";
import {
  answersOf,
  deploySubject,
  type Subject,
  type TestedBuilder,
} from "./conformance-subject.ts";
import type { TestServer } from "./test-server.ts";

export interface ConformanceSuite<Example extends string> {
  /** Below examples/. */
  readonly examples: readonly Example[];
  /** Examples of a toolchain that another one has put through everything: these are only deployed and asked. */
  readonly brief?: readonly Example[];
  readonly builders: readonly TestedBuilder[];
  server(): TestServer;
  /** A copy of the example that can be built here. */
  copy(example: Example): Promise<string>;
}

/** Paths of builds: where one lies is its own business. */
const buildPath = /(?:\/nix\/store|\/tmp\/hop3-[\w-]+)\/[^\s<"]+/g;

/** Every law over every example as each builder builds it, and all of them side by side. */
export function describeConformance<Example extends string>(
  suite: ConformanceSuite<Example>,
): void {
  const { examples, builders, brief = [] } = suite;
  describe.each(examples)("examples/%s", (example) => {
    const isBrief = brief.includes(example);
    const name = example.split("/").at(-1) ?? example;
    const subjectOf = (builder: TestedBuilder): Subject => ({
      server: suite.server(),
      app: `${name}-${builder.name}`,
      builder,
      example,
    });

    describe.each(builders)("built by $name", (builder) => {
      beforeAll(async () => deploySubject(subjectOf(builder), await suite.copy(example)));

      it.each(laws.filter((law) => isApplied(law, builder, isBrief)))("$name", (law) =>
        law.check(subjectOf(builder)),
      );
    });

    it.runIf(builders.length > 1)("answers the same, whoever built it", async () => {
      // An image brings a web server of its own, which words its headers and its refusals itself.
      const isOneProgram = builders.every(({ isOnHost }) => isOnHost);
      const [first, ...others] = await Promise.all(
        builders.map((builder) => comparable(subjectOf(builder), { name, isOneProgram })),
      );
      for (const other of others) expect(other).toEqual(first);
    });
  });
}

function isApplied(law: Law, { isOnHost }: TestedBuilder, isBrief: boolean): boolean {
  if (law.isOnHost === true && !isOnHost) return false;
  return law.isLifecycle !== true || !isBrief;
}

async function comparable(
  subject: Subject,
  { name, isOneProgram }: { readonly name: string; readonly isOneProgram: boolean },
) {
  const answers = await answersOf(subject);
  return answers.map(({ status, headers, text }) => {
    const [type] = (headers["content-type"] ?? "").split(";");
    if (!isOneProgram && status >= 400) return { status };
    return {
      status,
      type,
      text: text.replaceAll(subject.app, name).replaceAll(buildPath, "<path>"),
    };
  });
}
