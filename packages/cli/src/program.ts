import { nearest } from "@hop3/core/base";
import { Argument, Command, CommanderError, Option } from "commander";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command.ts";
import { usageError } from "./errors.ts";
import { commonOptions } from "./tree-options.ts";

const everywhere = "Everywhere:";

/** One call as the parser understood it. */
export interface Parsed {
  readonly spec: CommandSpec;
  readonly load: NonNullable<CommandSpec["load"]>;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a command line asks for: a command, or text such as help. */
export type ParseResult = Parsed | { readonly help: string };

/** Parses a command line against the tree; every mistake is a USAGE failure with the nearest name. */
export function parseCommandLine(
  tree: CommandSpec,
  argv: readonly string[],
  version: string,
): ParseResult {
  const found: { call?: Parsed; help: string } = { help: "" };
  const program = makeCommand(tree, {
    words: new Set(argv),
    onCall: (call) => {
      found.call = call;
    },
  });
  program.version(version, "--version", "Print the version");
  program.options.at(-1)?.helpGroup(everywhere);
  configure(program, { spec: tree, path: tree.name }, (text) => {
    found.help += text;
  });
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return found.call ?? { help: found.help };
}

interface Making {
  /** Everything on the command line: a command that is not among it is there to be listed, not to run. */
  readonly words: ReadonlySet<string>;
  readonly onCall: (call: Parsed) => void;
}

function makeCommand(spec: CommandSpec, making: Making): Command {
  const command = makeListed(spec).enablePositionalOptions();
  command.description([spec.summary, ...(spec.notes ?? [])].join("\n\n"));
  for (const option of spec.options ?? []) command.addOption(makeOption(option));
  for (const option of commonOptions) command.addOption(makeOption(option).helpGroup(everywhere));
  command.addHelpOption(new Option("-h, --help", "Show this help").helpGroup(everywhere));
  command.helpCommand(false);
  if (spec.passThrough === true) command.passThroughOptions();
  if (spec.examples !== undefined) {
    command.addHelpText(
      "after",
      `\nExamples:\n${spec.examples.map((each) => `  ${each}`).join("\n")}`,
    );
  }
  for (const child of spec.children ?? []) {
    const isDefault = child.name === spec.defaultChild;
    const mayRun = isDefault || making.words.has(child.name);
    command.addCommand(mayRun ? makeCommand(child, making) : makeListed(child), {
      hidden: child.hidden === true,
      isDefault,
    });
  }
  const { load } = spec;
  if (load !== undefined) {
    command.action(() => {
      making.onCall({ spec, load, args: command.args, options: optionsOf(command) });
    });
  }
  return command;
}

/** As much of a command as the help of its parent shows. */
function makeListed(spec: CommandSpec): Command {
  const command = new Command(spec.name).summary(spec.summary);
  if (spec.group !== undefined) command.helpGroup(spec.group);
  for (const argument of spec.args ?? []) command.addArgument(makeArgument(argument));
  return command;
}

/** Options by the names of the tree; commander's own camelCase and `no-` rules stay in here. */
function optionsOf(command: Command): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (let each: Command | null = command; each !== null; each = each.parent) {
    for (const option of each.options) {
      const name = option.long?.slice(2);
      if (name === undefined || name === "version") continue;
      const value = each.getOptionValue(option.attributeName());
      values[name] ??= option.negate ? value === false : value;
    }
  }
  return values;
}

function makeArgument(spec: ArgumentSpec): Argument {
  const inner = `${spec.name}${spec.many === true ? "..." : ""}`;
  const argument = new Argument(spec.required === true ? `<${inner}>` : `[${inner}]`, spec.summary);
  return typeof spec.kind === "string" ? argument : argument.choices(spec.kind);
}

function makeOption(spec: OptionSpec): Option {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  const value = spec.value === undefined ? "" : ` <${spec.value.name}>`;
  const option = new Option(`${short}--${spec.name}${value}`, spec.summary);
  return spec.fallback === undefined ? option : option.default(spec.fallback);
}

/** Where a command stands in the tree, for what is said when it is called wrongly. */
interface Standing {
  readonly spec: CommandSpec;
  readonly parent?: CommandSpec;
  readonly path: string;
}

function configure(command: Command, standing: Standing, write: (text: string) => void): void {
  const { spec, path } = standing;
  command.exitOverride((error) => {
    if (error.exitCode === 0 || error.code === "commander.help") throw error;
    throw unknownChild(error, standing) ?? toUsageError(error, path);
  });
  command.configureOutput({ writeOut: write, writeErr: write, outputError: () => {} });
  command.configureHelp({ subcommandTerm: (child) => `${child.name()} ${argumentsOf(child)}` });
  for (const [index, child] of (spec.children ?? []).entries()) {
    const next = { spec: child, parent: spec, path: `${path} ${child.name}` };
    const made = command.commands[index];
    if (made !== undefined) configure(made, next, write);
  }
}

function argumentsOf(command: Command): string {
  const terms = command.registeredArguments.map((argument) => {
    const inner = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${inner}>` : `[${inner}]`;
  });
  return terms.join(" ");
}

/** `hop3 config sett`: the parser took it for an argument of `list`, which is what `config` alone means. */
function unknownChild(error: CommanderError, { spec, parent }: Standing): Error | undefined {
  if (error.code !== "commander.excessArguments" || parent?.defaultChild !== spec.name) {
    return undefined;
  }
  const word = /but got \d+: (.*?)(?:,.*)?\.?$/.exec(error.message)?.[1] ?? "";
  const names = (parent.children ?? []).map(({ name }) => name);
  const [near] = nearest(word, names);
  const all = `One of: ${names.join(", ")}`;
  const hint = near === undefined ? all : `Did you mean ${near}? ${all}`;
  return usageError({ message: `unknown command '${parent.name} ${word}'`, hint });
}

const choiceRefused =
  /command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\.$/s;

/** Commander's sentence, taken apart: its suggestion becomes our hint. */
function toUsageError(error: CommanderError, path: string): Error {
  const [, value, argument, choices] = choiceRefused.exec(error.message) ?? [];
  if (choices !== undefined) {
    const message = `'${value}' cannot be the ${argument}`;
    return usageError({ message, hint: `One of: ${choices}` });
  }
  const [sentence = "", suggestion] = error.message.split("\n");
  const nearest = /^\(Did you mean (?:one of )?([^?]+)\?\)$/.exec(suggestion ?? "")?.[1];
  const message = sentence.replace(/^error: /, "").replace(/\.$/, "");
  const hint = nearest === undefined ? `See: ${path} --help` : `Did you mean ${nearest}?`;
  return usageError({ message, hint });
}
