import { afterAll, beforeAll } from "vitest";
import { type ConformanceBed, openBed } from "./support/conformance-examples.ts";
import { locallyBuilt, nixBuilt } from "./support/conformance-subject.ts";
import { describeConformance } from "./support/describe-conformance.ts";

/** Examples in languages that run as they are. */
const examples = [
  "templates/static-site",
  "templates/node-source",
  "templates/node-workspaces",
  "templates/node-yarn",
  "templates/python-venv",
  "templates/php-pages",
  "two-languages",
] as const;

let bed: ConformanceBed;

beforeAll(async () => {
  bed = await openBed(examples);
});

afterAll(() => bed?.close());

describeConformance({
  examples,
  brief: ["templates/node-workspaces", "templates/node-yarn"],
  builders: [nixBuilt, locallyBuilt],
  server: () => bed.server,
  copy: (example) => bed.copy(example),
});
