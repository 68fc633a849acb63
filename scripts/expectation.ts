import { z } from "zod";

const ExpectedAnswer = z.strictObject({
  path: z.string().startsWith("/"),
  /** Host header; the app's default domain where it is missing. */
  host: z.string().optional(),
  status: z.int(),
  contains: z.string().optional(),
  /** Header name to a part of its value. */
  headerContains: z.record(z.string(), z.string()).optional(),
});

const ExpectedFailure = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9_]+$/),
  messageContains: z.string(),
  hintContains: z.string().optional(),
  /** `file`, `file:line` or `file:line:column`: the beginning of the place that is shown. */
  place: z.string().optional(),
});

/** expect.json of an example: what the demo and the tests ask of it once it is deployed, or how it has to fail. */
export const Expectation = z
  .strictObject({
    requests: z.array(ExpectedAnswer).min(1).optional(),
    websocket: z
      .strictObject({ path: z.string().startsWith("/"), send: z.string(), expect: z.string() })
      .optional(),
    /** The test that makes what the example needs first: a registry, an archive. */
    preparedBy: z.string().endsWith(".test.ts").optional(),
    /** The template of an example that has another name. */
    template: z.string().optional(),
    tier: z.enum(["nixpkgs", "source", "prebuilt", "unpinned"]).optional(),
    /** Every worker that has to be up. */
    workers: z.array(z.string()).optional(),
    fails: ExpectedFailure.optional(),
  })
  .refine(({ requests, fails }) => (requests === undefined) !== (fails === undefined), {
    error: "an example either answers (requests) or fails",
  });
export type Expectation = z.infer<typeof Expectation>;
