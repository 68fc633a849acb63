import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CommandSpec } from "../../packages/cli/src/command.ts";
import { commandTree } from "../../packages/cli/src/tree.ts";
import { commonOptions } from "../../packages/cli/src/tree-options.ts";

const repository = join(import.meta.dirname, "../..");

/** Words after the name that go on with a sentence about `hop3`. */
const prose = /^(?:as|command|of|was)\b/;

/** What is wrong with a command that stands in a sentence, where arguments are often left out. */
function mistakeIn(words: readonly string[]): string | undefined {
  const { spec, rest } = findCommand(words);
  const [next] = rest;
  if (spec.load === undefined && spec.defaultChild === undefined && /^[a-z]/.test(next ?? "")) {
    return `${spec.name} has no command ${next}`;
  }
  if (spec.passThrough === true) return undefined;
  const own = spec.children?.find(({ name }) => name === spec.defaultChild)?.options ?? [];
  const known = [...(spec.options ?? []), ...own, ...commonOptions].flatMap(({ name, short }) =>
    short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`],
  );
  const everywhere = ["--help", "--version"];
  const unknown = rest.find(
    (word) => /^--?[a-z]/.test(word) && ![...known, ...everywhere].includes(word),
  );
  return unknown === undefined ? undefined : `${spec.name} has no option ${unknown}`;
}

function findCommand(words: readonly string[]): {
  readonly spec: CommandSpec;
  readonly rest: readonly string[];
} {
  let spec: CommandSpec = commandTree;
  for (const [index, word] of words.entries()) {
    const child = spec.children?.find(({ name }) => name === word);
    if (child === undefined) return { spec, rest: words.slice(index) };
    spec = child;
  }
  return { spec, rest: [] };
}

/** `canary promote|abort` is two commands. */
function eachOf(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word) => word.includes("|"));
  const choices = words[at]?.split("|") ?? [];
  return at === -1 ? [words] : choices.map((choice) => words.with(at, choice));
}

function mistakesIn(text: string, command: RegExp): readonly string[] {
  return [...text.matchAll(command)].flatMap(([, line = ""]) => {
    if (prose.test(line)) return [];
    const words = line.replaceAll(/[,.;:)'"]+(?=\s|$)/g, "").split(/\s+/);
    const mistakes = eachOf(words).flatMap((one) => mistakeIn(one) ?? []);
    return mistakes.map((mistake) => `hop3 ${line}: ${mistake}`);
  });
}

const inPages = globSync(["docs/**/*.md", "*.md"], { cwd: repository });
const inSources = globSync("packages/{core,server,cli}/src/**/*.ts", { cwd: repository });

describe("commands within sentences", () => {
  it.each(inPages)("are there: %s", (page) => {
    const text = readFileSync(join(repository, page), "utf8");
    expect(mistakesIn(text, /`hop3 ([^`\n]+)`/g)).toEqual([]);
  });

  it("are there in every hint", () => {
    const mistakes = inSources.flatMap((path) => {
      const hints = readFileSync(join(repository, path), "utf8").match(/\bhint\b.*\n?.*/g) ?? [];
      return hints.flatMap((hint) =>
        mistakesIn(hint, /(?<!push )\bhop3 ([a-z][^"`'$(,;\n]*)/g).map(
          (mistake) => `${path}: ${mistake}`,
        ),
      );
    });
    expect(mistakes).toEqual([]);
  });
});
