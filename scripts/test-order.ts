import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes a minute and more: begun last, such a file would have the machine to itself at the end. */
const longest = [
  "conformance-compiled.real",
  "docs/commands.real",
  "test/conformance.real",
  "local-offline.real",
  "looks.browser",
  "failures-start.real",
  "kill.real",
  "addons.real",
  "local-builder.real",
];

function rank({ moduleId }: TestSpecification): number {
  const found = longest.findIndex((name) => moduleId.includes(name));
  return found === -1 ? longest.length : found;
}

function group({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

/** Vitest knows from earlier runs how long a file takes, and a fresh clone has had none. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => group(a) - group(b) || rank(a) - rank(b));
  }
}
