import type { CommandSpec, OptionSpec } from "./command.ts";
import type { Parsed } from "./program.ts";
import { commonOptions } from "./tree-options.ts";

/**
 * Parses the lines that need no parser: a command by its name, then arguments and options spelled out. Loading the real
 * one would be a quarter of the time until the request is sent. undefined means "ask it": for help, for mistakes and for
 * every other spelling. That both agree is what the test asks of them.
 */
export function parsePlainLine(tree: CommandSpec, argv: readonly string[]): Parsed | undefined {
  let spec = tree;
  let at = 0;
  while (spec.children !== undefined) {
    const child = spec.children.find(({ name }) => name === argv[at]);
    if (child === undefined) return undefined;
    spec = child;
    at += 1;
  }
  const { load } = spec;
  const words = readWords(spec, argv.slice(at));
  if (load === undefined || words === undefined || !fits(spec, words.args)) return undefined;
  return { spec, load, ...words };
}

type Words = Pick<Parsed, "args" | "options">;

function readWords(spec: CommandSpec, words: readonly string[]): Words | undefined {
  const known = [...(spec.options ?? []), ...commonOptions];
  const options: Record<string, unknown> = Object.fromEntries(
    known.map(({ name, fallback }) => [name, fallback]),
  );
  const args: string[] = [];
  let rest = words;
  while (rest[0] !== undefined && rest[0] !== "--") {
    const [word, next] = rest;
    if (word.startsWith("-")) {
      const found = readOption(known, word, next);
      if (found === undefined) return undefined;
      options[found.name] = found.value;
      rest = rest.slice(found.words);
    } else {
      if (spec.passThrough === true) return undefined;
      args.push(word);
      rest = rest.slice(1);
    }
  }
  return { args: [...args, ...rest.slice(1)], options };
}

function readOption(known: readonly OptionSpec[], word: string, next = "") {
  const option = known.find((each) => isSpelled(each, word));
  if (option === undefined) return undefined;
  const { name } = option;
  if (option.value === undefined) return { name, value: true, words: 1 };
  if (next === "" || next.startsWith("-")) return undefined;
  return { name, value: next, words: 2 };
}

function isSpelled({ name, short }: OptionSpec, word: string): boolean {
  return word === `--${name}` || (short !== undefined && word === `-${short}`);
}

function fits({ args: specs = [] }: CommandSpec, args: readonly string[]): boolean {
  const isEnough = specs.every(({ required }, index) => required !== true || index < args.length);
  if (!isEnough) return false;
  return args.every((arg, index) => {
    const spec = specs[index] ?? specs.findLast(({ many }) => many === true);
    return spec !== undefined && (typeof spec.kind === "string" || spec.kind.includes(arg));
  });
}
