import type { Relation } from "./version.ts";

/** One binary package of an archive, as its signed index describes it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly sha256: string;
  /** Index into the archives of the lock. */
  readonly archive: number;
  readonly priority: string;
  readonly summary: string;
  readonly depends: readonly Alternatives[];
  readonly provides: readonly Wanted[];
}

/** `a (>= 1) | b`: any one of them will do. */
export type Alternatives = readonly Wanted[];

export interface Wanted {
  readonly name: string;
  readonly relation?: Relation;
  readonly version?: string;
}

const wantedFields = new Set([
  "Package",
  "Version",
  "Filename",
  "SHA256",
  "Priority",
  "Description",
  "Depends",
  "Pre-Depends",
  "Provides",
]);

/** What an index may say where it becomes a path, an address or a name in the store. */
const shapes = {
  Package: /^[a-z0-9][a-z0-9+.-]+$/,
  Version: /^[0-9A-Za-z.+~:-]+$/,
  Filename: /^(?!\/)(?!.*\.\.\/)[A-Za-z0-9._+~%:/-]+\.deb$/,
  SHA256: /^[0-9a-f]{64}$/,
} as const;

/** Takes the text of a `Packages` file piece by piece and hands over each package in it. */
export class PackagesReader {
  private rest = "";
  private fields = new Map<string, string>();
  private readonly archive: number;
  private readonly onPackage: (found: DebianPackage) => void;

  constructor(archive: number, onPackage: (found: DebianPackage) => void) {
    this.archive = archive;
    this.onPackage = onPackage;
  }

  write(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  end(): void {
    this.line(this.rest);
    this.line("");
    this.rest = "";
  }

  private line(line: string): void {
    if (line === "") {
      this.finish();
      return;
    }
    if (line.startsWith(" ")) return;
    const colon = line.indexOf(":");
    const field = line.slice(0, colon);
    if (wantedFields.has(field)) this.fields.set(field, line.slice(colon + 1).trim());
  }

  private finish(): void {
    if (this.fields.size === 0) return;
    const found = makePackage(this.fields, this.archive);
    this.fields = new Map();
    if (found !== undefined) this.onPackage(found);
  }
}

/** A stanza with a field of a shape that no archive uses is left out: nothing odd gets further than here. */
function makePackage(
  fields: ReadonlyMap<string, string>,
  archive: number,
): DebianPackage | undefined {
  const get = (field: string): string => fields.get(field) ?? "";
  for (const [field, shape] of Object.entries(shapes)) {
    if (!shape.test(get(field))) return undefined;
  }
  return {
    name: get("Package"),
    version: get("Version"),
    filename: get("Filename"),
    sha256: get("SHA256"),
    archive,
    priority: get("Priority"),
    summary: get("Description"),
    depends: [...parseDependencies(get("Pre-Depends")), ...parseDependencies(get("Depends"))],
    provides: parseDependencies(get("Provides")).flat(),
  };
}

/** `a (>= 1) | b:any, c` as data. */
export function parseDependencies(text: string): Alternatives[] {
  if (text === "") return [];
  return text
    .split(",")
    .map((group) => group.split("|").flatMap(parseWanted))
    .filter((group) => group.length > 0);
}

const wantedShape =
  /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?:\s*\(\s*(<<|<=|=|>=|>>)\s*([^\s)]+)\s*\))?/;

function parseWanted(text: string): Wanted[] {
  const [, name, relation, version] = wantedShape.exec(text.trim()) ?? [];
  if (name === undefined) return [];
  if (relation === undefined || version === undefined) return [{ name }];
  // The pattern admits these five operators only.
  return [{ name, relation: relation as Relation, version }];
}
