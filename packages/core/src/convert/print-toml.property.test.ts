import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { ConfigFile } from "../config/schema.ts";
import { addonNamePattern, addonTypePattern } from "../name-rules.ts";
import { printToml } from "./print-toml.ts";

const runs = { numRuns: 500 };
const unit = fc.constantFrom(
  ..."aZ0 \"'\\\n\r\t#[]{}=.,$`",
  "\u0000",
  "\u007f",
  "\u0085",
  "\u2028",
  "é",
  "😀",
  '"""',
  "'''",
  "\\u0041",
);
const text = fc.string({ unit, maxLength: 12 });
const filled = text.filter((value) => value.trim() !== "").map((value) => value.trim());
const word = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,6}$/);
const worker = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/).filter((name) => name !== "web");
const command = fc.oneof(filled, fc.array(text, { minLength: 1, maxLength: 3 }));
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  // A variable is text, and the text of -0 is 0.
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
);

const generated = fc.record(
  {
    generate: fc.constantFrom("hex" as const, "base64" as const),
    length: fc.integer({ min: 8, max: 64 }),
    prefix: text,
  },
  { requiredKeys: ["generate"] },
);

const config: fc.Arbitrary<ConfigFile> = fc.record(
  {
    metadata: fc.record(
      { title: filled, description: text, tags: fc.array(text) },
      { requiredKeys: [] },
    ),
    build: fc.record(
      {
        toolchain: filled,
        build: fc.oneof(filled, fc.array(command, { maxLength: 3 })),
        packages: fc.array(text),
        nix: fc.record({ file: filled, timeout: fc.nat() }),
      },
      { requiredKeys: [] },
    ),
    run: fc.record(
      {
        workers: fc.dictionary(
          worker,
          fc.oneof(command, fc.record({ command, instances: fc.integer({ min: 1, max: 64 }) })),
          { noNullPrototype: true },
        ),
        static: fc.dictionary(
          text.map((value) => `/${value}`),
          filled,
          { noNullPrototype: true },
        ),
        "before-run": fc.array(command, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    env: fc.dictionary(word, fc.oneof(scalar, generated), { noNullPrototype: true }),
    nix: fc.record(
      {
        template: filled,
        "local-vars": fc.dictionary(word, text, { noNullPrototype: true }),
        "config-files": fc.array(
          fc.record({
            path: filled,
            "raw-content": text,
            content: fc.dictionary(
              text.filter((key) => key !== "__proto__"),
              scalar,
              { noNullPrototype: true },
            ),
          }),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: [] },
    ),
    addons: fc.uniqueArray(
      fc.record({
        type: fc.stringMatching(addonTypePattern),
        name: fc.stringMatching(addonNamePattern),
      }),
      { minLength: 1, maxLength: 3, selector: ({ name }) => name },
    ),
    volumes: fc.array(fc.record({ name: filled, target: filled }), { minLength: 1, maxLength: 2 }),
    healthcheck: fc.record({ contains: text, status: fc.constant([200, 399] as [number, number]) }),
    contexts: fc.dictionary(
      fc.constantFrom("staging", "a b", 'quo"te'),
      fc.record({
        env: fc.dictionary(word, text, { noNullPrototype: true }),
        deploy: fc.record({ keep: fc.integer({ min: 1, max: 9 }) }),
      }),
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: [] },
);

describe("printToml", () => {
  it("prints what loadConfig reads back, whatever the texts", () => {
    fc.assert(
      fc.property(config, fc.array(text, { maxLength: 3 }), (written, comments) => {
        const valid = ConfigFile.parse(written);
        expect(loadConfig(printToml(valid, comments)).config).toEqual(valid);
      }),
      runs,
    );
  });

  it("never lets a comment become configuration", () => {
    const any = fc.string({ unit: "binary", maxLength: 30 });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (comments) => {
        expect(parse(printToml({}, comments))).toEqual({});
      }),
      runs,
    );
  });

  it("keeps the order of the sections and gives long tables headers of their own", () => {
    const toml = printToml(
      {
        domains: { list: ["a.example.org"] },
        env: { B: "1", A: { generate: "hex" } },
        run: { start: "x", workers: { w: { command: "y", instances: 2 } } },
        build: { nix: { pure: true } },
        addons: [{ type: "redis" }, { type: "postgres", extensions: ["pgcrypto"] }],
      },
      ["one", "two\n[deploy]"],
    );
    expect(toml).toBe(`# one
# two [deploy]

[build.nix]
pure = true

[run]
start = "x"

[run.workers]
w = { command = "y", instances = 2 }

[env]
B = "1"
A = { generate = "hex" }

[[addons]]
type = "redis"

[[addons]]
type = "postgres"
extensions = ["pgcrypto"]

[domains]
list = ["a.example.org"]
`);
  });
});
