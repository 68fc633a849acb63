import { encodeShellWord } from "../../encode/shell.ts";
import type { LockedPackage, Lockfile } from "../../lockfiles/index.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";

/** Bindings of `modules`: one download for each package, one derivation that unpacks them. */
export function moduleBindings(
  spec: AppSpec,
  lockfile: Lockfile,
  withDev: boolean,
): readonly Binding[] {
  const wanted = lockfile.packages.filter(({ dev }) => withDev || !dev);
  const usual = usualOrigin(wanted);
  const lines = wanted.flatMap((item) => unpackLine(lockfile, item, usual));
  const bins = wanted.flatMap(binLines);
  const scripted = wanted
    .filter(({ hasInstallScript }) => hasInstallScript)
    .map(({ name }) => name);
  const modules = runCommand({
    name: `${spec.app}-node-modules`,
    inputs: [nix.ref("nodejs")],
    script: [unpackFunction, ...lines, ...bins],
  });
  const comment =
    scripted.length === 0
      ? undefined
      : `Install scripts are not run: ${scripted.slice(0, 20).join(", ")}`;
  return [
    nix.bind("npm", npmFunction, { comment: "A file of the npm registry, by its integrity." }),
    nix.bind("modules", modules, comment === undefined ? {} : { comment }),
  ];
}

const npmFunction = nix.lambda(
  "path",
  nix.lambda(
    "hash",
    nix.call(
      nix.ref("pkgs", "fetchurl"),
      nix.attrs([
        nix.bind("url", nix.string(nix.ref("registries", "npm"), "/", nix.ref("path"))),
        nix.inherit(["hash"]),
      ]),
    ),
  ),
);

const unpackFunction = `unpack() { # PATH ARCHIVE
  mkdir -p "$out/$1"
  tar -xzf "$2" -C "$out/$1" --strip-components=1 --no-same-owner
  chmod -R u+rwX,go-w "$out/$1"
}
link_command() { # PATH NAME FILE
  mkdir -p "$out/$1/node_modules/.bin"
  chmod +x "$out/$1/node_modules/$3"
  patchShebangs "$out/$1/node_modules/$3"
  ln -sf "../$3" "$out/$1/node_modules/.bin/$2"
}
mkdir -p $out/node_modules
`;

function unpackLine(
  lockfile: Lockfile,
  item: LockedPackage,
  usual: string | undefined,
): readonly StringPart[] {
  if (item.path === undefined) return [];
  return [`unpack ${encodeShellWord(item.path)} `, fetchExpr(lockfile, item, usual), "\n"];
}

function fetchExpr(lockfile: Lockfile, item: LockedPackage, usual: string | undefined): NixExpr {
  const { source, url } = item;
  const hash = nix.string(item.integrity);
  if (source.kind === "registry" && (url === undefined || originOf(url) === usual)) {
    return nix.call(nix.ref("npm"), nix.string(`${item.name}/-/${source.fileName}`), hash);
  }
  if (url !== undefined && source.kind !== "git") {
    return nix.call(nix.ref("pkgs", "fetchurl"), nix.attrs({ url: nix.string(url), hash }));
  }
  throw templateInput({
    template: "node-source",
    reason: `${lockfile.file} takes ${item.name} from a place that is no archive`,
    hint: "Depend on a released version of it",
    place: { file: lockfile.file },
  });
}

/** Commands of a package, linked beside it as npm does. */
function binLines(item: LockedPackage): readonly string[] {
  const at = item.path?.lastIndexOf("node_modules/") ?? -1;
  if (item.path === undefined || at < 0) return [];
  const parent = item.path.slice(0, at).replace(/\/$/, "");
  const own = item.path.slice(at + "node_modules/".length);
  return Object.entries(item.bin ?? {}).map(([name, file]) => {
    const words = [parent === "" ? "." : parent, name, `${own}/${file.replace(/^\.\//, "")}`];
    return `link_command ${words.map(encodeShellWord).join(" ")}\n`;
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
