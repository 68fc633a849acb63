import { permissions } from "@hop3/core";
import type { CommandSpec, OptionSpec } from "../src/command.ts";
import { listPlaces, type Place, spellings } from "../src/completion/words.ts";
import { commonOptions } from "../src/tree-options.ts";
import { commandNeeds } from "./command-needs.ts";

/** docs/reference/cli.md, made from the command tree. */
export function makeReference(tree: CommandSpec): string {
  const places = listPlaces(tree).filter(({ path }) => path.length > 0);
  return `${[
    "# The `hop3` command",
    "",
    "Generated from the command tree by `packages/cli/scripts/write-reference.ts`; do not edit.",
    "",
    "## Everywhere",
    "",
    "An app is chosen by argument or `--app`, else by `[metadata] id` of `hop3.toml` in the current directory, else by the directory's name. The server is the one of `--home` or `HOP3_HOME` on this machine, the one that `HOP3_SERVER` names, with the token in `HOP3_TOKEN`, or the one that you have signed in to (`hop3 login`, `hop3 context`). What a command needs is a permission of [a role](../guides/accounts.md#roles). Exit codes and errors: [errors.md](errors.md).",
    "",
    ...optionTable(places[0]?.options.slice(-1 - commonOptions.length) ?? []),
    "",
    ...groupsOf(tree).flatMap((group) => groupSection(tree, group, places)),
  ].join("\n")}`;
}

/** As the help has them, in its order. */
function groupsOf({ children: all = [] }: CommandSpec): readonly string[] {
  return [
    ...new Set(all.filter(({ hidden }) => hidden !== true).flatMap(({ group }) => group ?? [])),
  ];
}

/** A list of the group's commands, which leads to them, and each with those below it. */
function groupSection(tree: CommandSpec, group: string, places: readonly Place[]): string[] {
  const own = places.filter(({ path }) => find(tree, path.slice(0, 1)).group === group);
  const rows = own
    .filter(({ path }) => path.length === 1)
    .map((place) => {
      const spec = find(tree, place.path);
      const heading = usage(place, spec.options ?? []);
      return `| [\`hop3 ${spec.name}\`](#${anchor(heading)}) | ${cell(spec.summary)} |`;
    });
  return [
    ...[`## ${group.replace(/:$/, "")}`, "", "| command | |", "| --- | --- |", ...rows, ""],
    ...own.flatMap((place) => section(tree, place)),
  ];
}

/** Of a heading, as code hosts and the documentation's site make it. */
function anchor(heading: string): string {
  const kept = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "");
  return kept.replaceAll(/\s/g, "-");
}

function section(tree: CommandSpec, place: Place): string[] {
  const spec = find(tree, place.path);
  const own = spec.options ?? [];
  return [
    `### ${usage(place, own)}`,
    "",
    `${spec.summary}.`,
    "",
    ...(spec.notes ?? []).flatMap((note) => [note, ""]),
    ...needs(place),
    ...children(spec),
    ...argumentTable(place),
    ...(own.length === 0 ? [] : [...optionTable(own), ""]),
    ...examples(spec),
  ];
}

function needs({ path }: Place): string[] {
  const need = commandNeeds[path.join(" ")];
  if (need === undefined || need === "nothing") return [];
  if (need === "sign-in") return ["Needs any account or token.", ""];
  if (need === "account") return ["Needs an account, or a token without scopes.", ""];
  return [`Needs \`${need}\`: ${permissions[need].least} or more.`, ""];
}

function find(tree: CommandSpec, path: readonly string[]): CommandSpec {
  let spec = tree;
  for (const name of path) spec = spec.children?.find((child) => child.name === name) ?? spec;
  return spec;
}

function usage(place: Place, own: readonly OptionSpec[]): string {
  const args = place.args.map(({ name, many, required }) => {
    const inner = `${name}${many === true ? "..." : ""}`;
    return required === true ? `<${inner}>` : `[${inner}]`;
  });
  const child = place.children.length === 0 ? [] : ["<command>"];
  const options = own.length === 0 ? [] : ["[options]"];
  return `\`${["hop3", ...place.path, ...child, ...options, ...args].join(" ")}\``;
}

function children(spec: CommandSpec): string[] {
  if (spec.children === undefined) return [];
  const names = spec.children.map(({ name }) => `\`${name}\``).join(", ");
  const without = spec.defaultChild;
  const fallback = without === undefined ? "" : ` Without one: \`${without}\`.`;
  return [`Commands: ${names}.${fallback}`, ""];
}

function argumentTable({ args }: Place): string[] {
  if (args.length === 0) return [];
  const rows = args.map(({ name, summary }) => `| \`${name}\` | ${cell(summary)} |`);
  return ["| argument | |", "| --- | --- |", ...rows, ""];
}

function optionTable(options: readonly OptionSpec[]): string[] {
  const rows = options.map((option) => {
    const value = option.value === undefined ? "" : ` <${option.value.name}>`;
    const names = spellings(option).map((name) => `\`${name}${value}\``);
    const fallback = option.fallback === undefined ? "" : ` (default \`${option.fallback}\`)`;
    return `| ${names.reverse().join(", ")} | ${cell(option.summary)}${fallback} |`;
  });
  return ["| option | |", "| --- | --- |", ...rows];
}

function examples({ examples: lines }: CommandSpec): string[] {
  return lines === undefined ? [] : ["```sh", ...lines, "```", ""];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
