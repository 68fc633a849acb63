import { afterAll, beforeAll } from "vitest";
import { type ConformanceBed, openBed } from "./support/conformance-examples.ts";
import { locallyBuilt, nixBuilt } from "./support/conformance-subject.ts";
import { describeConformance } from "./support/describe-conformance.ts";

/** Examples of which something is compiled. */
const examples = [
  "templates/ruby-bundler",
  "templates/go-source",
  "templates/rust-source",
  "templates/java-gradle",
  "templates/java-war",
] as const;

let bed: ConformanceBed;

beforeAll(async () => {
  bed = await openBed(examples);
});

afterAll(() => bed?.close());

describeConformance({
  examples,
  brief: ["templates/java-war"],
  builders: [nixBuilt, locallyBuilt],
  server: () => bed.server,
  copy: (example) => bed.copy(example),
});
