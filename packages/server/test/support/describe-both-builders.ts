import { afterAll, beforeAll } from "vitest";
import { type ConformanceBed, type ConformanceExample, openBed } from "./conformance-examples.ts";
import { locallyBuilt, nixBuilt } from "./conformance-subject.ts";
import { type ConformanceSuite, describeConformance } from "./describe-conformance.ts";

/** The laws over these examples as the nix and the local builder build them, on one server with one registry. */
export function describeBothBuilders(
  suite: Pick<ConformanceSuite<ConformanceExample>, "examples" | "brief">,
): void {
  let bed: ConformanceBed;
  beforeAll(async () => {
    bed = await openBed(suite.examples);
  });
  afterAll(() => bed?.close());
  describeConformance({
    ...suite,
    builders: [nixBuilt, locallyBuilt],
    server: () => bed.server,
    copy: (example) => bed.copy(example),
  });
}
