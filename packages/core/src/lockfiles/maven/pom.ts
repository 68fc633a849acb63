import { type MavenModule, moduleDirectory } from "./maven-file.ts";
import { readXmlTags, type XmlTag } from "./xml-tags.ts";

/**
 * The other POMs that one cannot be understood without: its parent, and those whose managed versions it imports. What
 * needs the values of another file to be known is left out.
 */
export function pomReferences(text: string): readonly MavenModule[] {
  const tags = readXmlTags(text);
  if (tags?.[0]?.name !== "project") return [];
  const values = leafTexts(tags);
  const one = (path: string) => values.filter((value) => value.path === path)[0]?.text;
  const parent = moduleOf((key) => one(`project/parent/${key}`));
  const properties = new Map(
    values.flatMap(({ path, text: value }) => {
      const name = /^project\/properties\/([^/]+)$/.exec(path)?.[1];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
  const version = one("project/version") ?? parent?.version;
  const group = one("project/groupId") ?? parent?.group;
  for (const prefix of ["project", "pom"]) {
    if (version !== undefined) properties.set(`${prefix}.version`, version);
    if (group !== undefined) properties.set(`${prefix}.groupId`, group);
    if (parent !== undefined) properties.set(`${prefix}.parent.version`, parent.version);
  }
  const imports = dependenciesOf(values, properties).filter(
    (item) => item.get("scope") === "import" && item.get("type") === "pom",
  );
  const modules = [parent, ...imports.map((item) => moduleOf((key) => item.get(key)))];
  return modules.filter(
    (module): module is MavenModule =>
      module !== undefined && moduleDirectory(module) !== undefined,
  );
}

function moduleOf(get: (key: string) => string | undefined): MavenModule | undefined {
  const [group, name, version] = [get("groupId"), get("artifactId"), get("version")];
  if (group === undefined || name === undefined || version === undefined) return undefined;
  return { group, name, version };
}

interface LeafText {
  readonly path: string;
  readonly text: string;
  /** How many dependencies began before it. */
  readonly dependency: number;
}

function leafTexts(tags: readonly XmlTag[]): readonly LeafText[] {
  const open: string[] = [];
  const found: LeafText[] = [];
  let dependency = 0;
  let last: XmlTag["kind"] = "close";
  for (const { name, kind, before } of tags) {
    if (kind === "open") {
      open.push(name);
      if (name === "dependency") dependency += 1;
    }
    if (kind === "close") {
      if (last === "open") found.push({ path: open.join("/"), text: before, dependency });
      open.pop();
    }
    last = kind;
  }
  return found;
}

/** Managed dependencies, with properties filled in. */
function dependenciesOf(
  values: readonly LeafText[],
  properties: ReadonlyMap<string, string>,
): readonly ReadonlyMap<string, string>[] {
  const base = "project/dependencyManagement/dependencies/dependency/";
  const items = new Map<number, Map<string, string>>();
  for (const { path, text, dependency } of values) {
    if (!path.startsWith(base)) continue;
    const item = items.get(dependency) ?? new Map<string, string>();
    const value = text.replace(/\$\{([^}]+)\}/g, (whole, name) => properties.get(name) ?? whole);
    item.set(path.slice(base.length), value);
    items.set(dependency, item);
  }
  return [...items.values()];
}
