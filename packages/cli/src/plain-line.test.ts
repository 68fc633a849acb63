import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandSpec } from "./command.ts";
import { parsePlainLine } from "./plain-line.ts";
import { type Parsed, parseCommandLine } from "./program.ts";
import { commandTree } from "./tree.ts";
import { commonOptions } from "./tree-options.ts";

function leaves(spec: CommandSpec, path: readonly string[] = []): [string[], CommandSpec][] {
  if (spec.children === undefined) return [[[...path], spec]];
  return spec.children.flatMap((child) => leaves(child, [...path, child.name]));
}

/** What commander makes of the line; undefined where that is help or a mistake. */
function parseFully(argv: readonly string[]): Parsed | undefined {
  try {
    const parsed = parseCommandLine(commandTree, argv, "0.1.0");
    return "help" in parsed ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/** Without what is only there to say that it is not. */
function essence(parsed: Parsed | undefined) {
  if (parsed === undefined) return undefined;
  const given = Object.entries(parsed.options).filter(([, value]) => value ?? false);
  return { name: parsed.spec.name, load: parsed.load, args: parsed.args, options: new Map(given) };
}

const anything = fc.constantFrom(
  "",
  "-",
  "--",
  "x",
  "3",
  "bash",
  "--help",
  "-h",
  "-n5",
  "--home=y",
);

const lines = fc.constantFrom(...leaves(commandTree)).chain(([path, spec]) => {
  const options = [...(spec.options ?? []), ...commonOptions];
  const spellings = options.flatMap(({ name, short, value }) => {
    const forms = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
    return value === undefined
      ? forms.map((form) => [form])
      : forms.flatMap((form) => [[form, "v"], [form, "12"], [form]]);
  });
  const word = fc.oneof(
    fc.constantFrom(...spellings),
    fc.constantFrom(["hello"], ["KEY=VALUE"], ["zsh"], ["a b"]),
    anything.map((text) => [text]),
  );
  return fc.array(word, { maxLength: 6 }).map((words) => [...path, ...words.flat()]);
});

describe("parsePlainLine", () => {
  it("finds what the parser finds, or leaves the line to it", () => {
    fc.assert(
      fc.property(lines, (argv) => {
        const plain = parsePlainLine(commandTree, argv);
        if (plain !== undefined) expect(essence(plain)).toEqual(essence(parseFully(argv)));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["apps"],
    ["rollback --app hello"],
    ["rollback 3 --app hello --detach --json"],
    ["deploy examples/flask --app hello --json"],
    ["logs hello -f -n 20"],
    ["config set KEY=VALUE --no-restart"],
    ["run --app hello -- env -i"],
    ["destroy hello --yes --home /x"],
  ])("understands: %s", (line) => {
    const argv = line.split(" ");
    const plain = parsePlainLine(commandTree, argv);
    expect(plain).toBeDefined();
    expect(essence(plain)).toEqual(essence(parseFully(argv)));
  });

  it.each([[""], ["--help"], ["config"], ["apps extra"], ["url --ap hello"], ["completion ksh"]])(
    "leaves to the parser: '%s'",
    (line) => {
      expect(parsePlainLine(commandTree, line === "" ? [] : line.split(" "))).toBeUndefined();
    },
  );
});
