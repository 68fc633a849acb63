import type { LockedLink, LockedPackage, LockedPlace, Lockfile } from "../../lockfiles/lockfile.ts";
import type { Binding } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import { type Fetch, fetchExpr, registryBinding } from "../fetches.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { installScript } from "./installer.ts";
import { mayRunScripts, needsCompiler, type ScriptPolicy } from "./scripts.ts";

interface ModulesRequest {
  readonly lockfile: Lockfile;
  /** True where a build needs what only development does. */
  readonly withDev: boolean;
  readonly policy: ScriptPolicy;
  /** The versions of Node that the project names. */
  readonly engine: string | undefined;
}

interface Placed {
  readonly item: LockedPackage;
  readonly place: LockedPlace;
}

/** Bindings of `modules`: one download for each package, one derivation that lays them out. */
export function moduleBindings(spec: AppSpec, request: ModulesRequest): readonly Binding[] {
  const { lockfile, withDev } = request;
  const wanted = lockfile.packages
    .flatMap((item) => (item.places ?? []).map((place): Placed => ({ item, place })))
    .filter(({ place }) => withDev || !place.dev);
  const links = installedLinks(lockfile, withDev);
  return [
    registryBinding("npm"),
    nix.bind("installer", installer, {
      comment: "What npm ci does after it has fetched everything.",
    }),
    nix.bind("modules", modulesExpr(spec, request, { wanted, links })),
  ];
}

const installer = nix.call(
  nix.ref("pkgs", "writeText"),
  nix.string("install-modules.mjs"),
  nix.indented(installScript),
);

/** Links between packages; those to the app's own directories are made beside the app's files. */
function installedLinks(lockfile: Lockfile, withDev: boolean): readonly LockedLink[] {
  return lockfile.links.filter((link) => (withDev || !link.dev) && !isOwnLink(link));
}

/** True where a link leads to a directory of the app. */
export function isOwnLink({ to }: LockedLink): boolean {
  return !/(?:^|\/)node_modules\//.test(to);
}

interface Contents {
  readonly wanted: readonly Placed[];
  readonly links: readonly LockedLink[];
}

function modulesExpr(
  spec: AppSpec,
  { lockfile, policy, engine }: ModulesRequest,
  { wanted, links }: Contents,
): NixExpr {
  const usual = usualOrigin(wanted.map(({ item }) => item));
  const scripted = wanted.filter(({ item }) => mayRunScripts(policy, item));
  const packages = wanted.map(({ item, place }) =>
    nix.list([nix.string(place.path), fetchExpr(fetchOf(lockfile, item, usual))]),
  );
  const layout = nix.attrs({
    packages: nix.list(packages),
    links: nix.json(links.map(({ path, to }) => [path, to])),
    scripts: nix.json(scripted.map(({ place }) => [place.path, place.optional])),
    engine: engine === undefined ? undefined : nix.string(engine),
  });
  const withCompiler = needsCompiler(wanted.map(({ item }) => item));
  return runCommand({
    name: `${spec.app}-node-modules`,
    inputs: [nix.ref("nodejs"), nix.ref("pkgs", "patchelf"), ...(withCompiler ? compilers : [])],
    attrs: {
      nodejs: nix.ref("nodejs"),
      ...(withCompiler ? { headers } : {}),
      layout: nix.call(nix.ref("builtins", "toJSON"), layout),
      passAsFile: nix.list([nix.string("layout")]),
    },
    script: ["node ", nix.ref("installer"), "\n"],
  });
}

const compilers = [nix.ref("pkgs", "python3"), nix.ref("pkgs", "gcc"), nix.ref("pkgs", "gnumake")];

/** Where a package set has them apart from Node, they are its output `dev`. */
const headers = nix.string(nix.select(nix.ref("nodejs"), ["dev"], nix.ref("nodejs")));

function fetchOf(lockfile: Lockfile, item: LockedPackage, usual: string | undefined): Fetch {
  const { source, url, integrity: hash } = item;
  if (source.kind === "registry" && (url === undefined || originOf(url) === usual)) {
    return { from: { registry: "npm", path: `${item.name}/-/${source.fileName}` }, hash };
  }
  if (url !== undefined && source.kind !== "git") return { from: { url }, hash };
  throw templateInput({
    template: "node-source",
    reason: `${lockfile.file} takes ${item.name} from a place that is no archive`,
    hint: "Depend on a released version of it",
    place: { file: lockfile.file },
  });
}

/** Paths of what only the build needs. */
export function devPaths(lockfile: Lockfile): readonly string[] {
  const places = lockfile.packages.flatMap((item) => item.places ?? []);
  const dev = [...places, ...installedLinks(lockfile, true)].filter((each) => each.dev);
  return dev.map(({ path }) => path);
}

/** The same, for a script to read. */
export function leaveOut(lockfile: Lockfile): Readonly<Record<string, NixExpr>> {
  const lines = devPaths(lockfile).map((path) => `./${path}\n`);
  return { leaveOut: nix.text(lines.join("")), passAsFile: nix.list([nix.string("leaveOut")]) };
}

/** The modules without what only the build needs. */
export function productionBinding(spec: AppSpec, lockfile: Lockfile): Binding {
  const script = [
    "mkdir $out\ntar -C ",
    nix.ref("modules"),
    " --exclude-from $leaveOutPath --anchored --no-wildcards --mode u+w -cf - . | tar -C $out -xf -\n",
    "find $out -path '*/node_modules/.bin/*' -xtype l -delete\n",
  ];
  const name = `${spec.app}-node-modules-production`;
  return nix.bind("production", runCommand({ name, attrs: leaveOut(lockfile), script }), {
    comment: "Without what only the build needs.",
  });
}

/** The origin that most addresses have is the registry, which configuration may stand in for. */
function usualOrigin(packages: readonly LockedPackage[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { url, source } of packages) {
    const origin = url === undefined || source.kind !== "registry" ? undefined : originOf(url);
    if (origin !== undefined) counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function originOf(url: string): string | undefined {
  return /^https?:\/\/[^/]+/.exec(url)?.[0];
}
