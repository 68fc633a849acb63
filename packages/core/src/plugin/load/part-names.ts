import { pluginNameTaken } from "../plugin-errors.ts";

/** What each list of a plug-in is called by, and what one entry of it is. */
export const partKinds = {
  builders: { key: "name", one: "builder" },
  toolchains: { key: "name", one: "toolchain" },
  templates: { key: "id", one: "template" },
  addons: { key: "type", one: "addon" },
  supervisors: { key: "name", one: "supervisor" },
  routers: { key: "name", one: "router" },
  commands: { key: "name", one: "command" },
  checks: { key: "name", one: "check" },
  converters: { key: "id", one: "converter" },
} as const;

export type PartKind = keyof typeof partKinds;

export const partKindNames = Object.keys(partKinds) as readonly PartKind[];

/** Names of the parts that a plug-in brings; kinds of which it brings none are left out. */
export type PartNames = Readonly<Partial<Record<PartKind, readonly string[]>>>;

/** Somebody who has parts of these names already. */
export interface PartOwner {
  readonly name: string;
  readonly parts: PartNames;
}

/** Reads names alone: nothing of the plug-in is called. */
export function partNames(
  plugin: Readonly<Partial<Record<PartKind, readonly object[]>>>,
): PartNames {
  const found = partKindNames.map((kind) => {
    const { key } = partKinds[kind];
    const names = (plugin[kind] ?? []).map((part) => String(Reflect.get(part, key)));
    return [kind, names] as const;
  });
  return Object.fromEntries(found.filter(([, names]) => names.length > 0));
}

/** Fails where somebody of `owners` has the name of the plug-in, or that of a part. */
export function requireFreeNames(
  { name, parts }: PartOwner,
  owners: readonly PartOwner[],
  packageName: string,
): void {
  const named = owners.find((owner) => owner.name === name);
  if (named !== undefined) {
    throw pluginNameTaken({ name: packageName, part: `name '${name}'`, owner: called(named) });
  }
  for (const kind of partKindNames) {
    for (const part of parts[kind] ?? []) {
      const owner = owners.find((each) => each.parts[kind]?.includes(part));
      if (owner === undefined) continue;
      const what = `${partKinds[kind].one} '${part}'`;
      throw pluginNameTaken({ name: packageName, part: what, owner: called(owner) });
    }
  }
}

function called({ name }: PartOwner): string {
  return name === "hop3" ? "hop3 itself" : name;
}
