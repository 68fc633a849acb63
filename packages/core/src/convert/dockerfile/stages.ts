import { convertInvalid } from "../conversion.ts";
import { type Image, parseImage } from "../runtimes.ts";
import { type Instruction, lexDockerfile } from "./lex.ts";
import { expandWord, type Lookup, splitWords } from "./words.ts";

/** A FROM and what follows it. */
export interface Stage {
  readonly index: number;
  readonly name: string | undefined;
  /** As written, with build arguments filled in. */
  readonly reference: string;
  readonly image: Image;
  /** The earlier stage that this one goes on from. */
  readonly base: Stage | undefined;
  readonly from: Instruction;
  readonly instructions: readonly Instruction[];
}

export interface Stages {
  readonly list: readonly Stage[];
  readonly last: Stage;
  /** Arguments set before the first FROM. */
  readonly globals: ReadonlyMap<string, string>;
  readonly escapeChar: string;
}

/** Reads a Dockerfile into its stages. */
export function parseStages(text: string, file: string): Stages {
  const { instructions, escapeChar } = lexDockerfile(text, file);
  const globals = new Map<string, string>();
  const list: Stage[] = [];
  let current: Instruction[] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === "FROM") {
      current = [];
      const lookup: Lookup = (name) => globals.get(name);
      list.push(makeStage({ from: instruction, lookup, list, instructions: current, escapeChar }));
    } else if (list.length === 0) readGlobal(instruction, globals, escapeChar);
    else current.push(instruction);
  }
  const last = list.at(-1);
  // The lexer refuses a file without FROM.
  if (last === undefined) throw new Error("a Dockerfile without stages");
  return { list, last, globals, escapeChar };
}

function readGlobal({ rest }: Instruction, globals: Map<string, string>, escapeChar: string): void {
  for (const { name, value } of readPairs(rest, (key) => globals.get(key), escapeChar)) {
    if (value !== undefined) globals.set(name, value);
  }
}

interface NewStage {
  readonly from: Instruction;
  readonly lookup: Lookup;
  readonly list: readonly Stage[];
  readonly instructions: readonly Instruction[];
  readonly escapeChar: string;
}

function makeStage({ from, lookup, list, instructions, escapeChar }: NewStage): Stage {
  const words = splitWords(from.rest, escapeChar).map((word) =>
    expandWord(word, lookup, escapeChar),
  );
  const [reference = "", as, name] = words;
  if (words.length > 1 && (as?.toUpperCase() !== "AS" || name === undefined || words.length > 3)) {
    const message = "FROM takes an image, and then AS and a name or nothing";
    throw convertInvalid({ problems: [{ message, place: from.place }] });
  }
  return {
    index: list.length,
    name: name?.toLowerCase(),
    reference,
    image: parseImage(reference),
    base: findStage(list, reference),
    from,
    instructions,
  };
}

/** The stage of this name, or of this number. */
export function findStage(list: readonly Stage[], reference: string): Stage | undefined {
  const name = reference.toLowerCase();
  return list.findLast((stage) => stage.name === name || String(stage.index) === name);
}

/** The stage and all that it goes on from, the first one first. */
export function chainOf(stage: Stage): readonly Stage[] {
  return stage.base === undefined ? [stage] : [...chainOf(stage.base), stage];
}

export interface Pair {
  readonly name: string;
  /** Undefined for an ARG without a default. */
  readonly value: string | undefined;
}

/** `A=1 B="two words"` of ENV, ARG and LABEL. */
export function readPairs(rest: string, lookup: Lookup, escapeChar: string): readonly Pair[] {
  return splitWords(rest, escapeChar).map((word) => {
    const at = word.indexOf("=");
    const name = expandWord(at === -1 ? word : word.slice(0, at), () => "", escapeChar);
    const value = at === -1 ? undefined : expandWord(word.slice(at + 1), lookup, escapeChar);
    return { name, value };
  });
}
