import type { ArgumentSpec, CommandSpec, OptionSpec } from "../command.ts";
import { commonOptions } from "../tree-options.ts";

/** What a shell may offer at one command: the same facts for all three shells. */
export interface Place {
  /** Words that lead here, without `hop3`. */
  readonly path: readonly string[];
  readonly children: readonly CommandSpec[];
  readonly options: readonly OptionSpec[];
  readonly args: readonly ArgumentSpec[];
}

/** Every command of the tree that a user may complete, parents first. */
export function listPlaces(tree: CommandSpec, path: readonly string[] = []): Place[] {
  const children = (tree.children ?? []).filter((child) => child.hidden !== true);
  const place: Place = {
    path,
    children,
    options: [...(tree.options ?? []), ...commonOptions, help],
    args: tree.args ?? [],
  };
  const below = children.flatMap((child) => listPlaces(child, [...path, child.name]));
  return [place, ...below];
}

const help: OptionSpec = { name: "help", short: "h", summary: "Show this help" };

/** `--follow` and `-f`. */
export function spellings(option: OptionSpec): string[] {
  const long = `--${option.name}`;
  return option.short === undefined ? [long] : [long, `-${option.short}`];
}

/** A word that no shell reads as anything but itself. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
