import { z } from "zod";
import { encodeShellWord } from "../../encode/shell.ts";
import {
  hop3LockFile,
  type LocalPackage,
  type LockedPackage,
  lockfileMissing,
  lockfileUnsupportedSource,
  lockHashes,
  parseHop3Lock,
  readLockfile,
  registryUrl,
} from "../../lockfiles/index.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import type { AppSpec } from "../template.ts";

export const composerFiles = ["composer.json", "composer.lock", hop3LockFile] as const;

/** What Composer installs for an app: packages known by their hashes, and the extensions they need. */
export interface Composer {
  readonly packages: readonly LockedPackage[];
  readonly local: readonly LocalPackage[];
  /** Names of extensions, as `all` of the package set has them. */
  readonly extensions: readonly string[];
  /** Says which packages go elsewhere than into vendor/. */
  readonly hasInstallers: boolean;
}

const Requirements = z.record(z.string(), z.unknown()).catch({});
const Manifest = z.object({ require: Requirements.optional() });
const Lock = z.object({
  packages: z.array(
    z.object({ require: Requirements.optional(), provide: Requirements.optional() }),
  ),
});

/** Nothing where the app has no composer.json, or brings its vendor directory. */
export function readComposer(spec: AppSpec): Composer | undefined {
  const { tree, files } = spec;
  if (spec.section.url !== undefined || !usesComposer(tree)) return undefined;
  const text = files.get("composer.lock");
  if (text === undefined) {
    const wanted = "a lockfile (composer.lock)";
    throw lockfileMissing({
      place: { file: "composer.json" },
      wanted,
      refresh: "composer update",
    });
  }
  const lockfile = readLockfile(
    { file: "composer.lock", text },
    {
      hashes: lockHashes(parseHop3Lock(files.get(hop3LockFile)), "packagist"),
      isProduction: true,
    },
  );
  const packages = lockfile.packages.filter(({ dev }) => !dev);
  return {
    packages,
    local: lockfile.local,
    extensions: phpExtensionsOf(files.get("composer.json") ?? "{}", text),
    hasInstallers: packages.some(({ name }) => name === "composer/installers"),
  };
}

export function usesComposer(tree: AppSpec["tree"]): boolean {
  return tree.has("composer.json") && !tree.has("vendor/autoload.php");
}

/** Part of every PHP, and no name in a package set. */
const builtIn: ReadonlySet<string> = new Set([
  "core",
  "date",
  "hash",
  "json",
  "libxml",
  "pcre",
  "random",
  "reflection",
  "spl",
  "standard",
]);
const setNames: Readonly<Record<string, string>> = { "zend-opcache": "opcache" };

/** `ext-*` of the app and of what is locked, as the package set names them; one that a package stands in for is left to it. */
export function phpExtensionsOf(manifest: string, lock: string): readonly string[] {
  const own = Object.keys(Manifest.parse(JSON.parse(manifest)).require ?? {});
  const { packages } = Lock.parse(JSON.parse(lock));
  const provided = new Set(packages.flatMap(({ provide = {} }) => Object.keys(provide)));
  const others = packages
    .flatMap(({ require = {} }) => Object.keys(require))
    .filter((name) => !provided.has(name));
  const names = [...own, ...others].flatMap((name) => {
    const extension = /^ext-([a-z0-9_-]+)$/i.exec(name)?.[1]?.toLowerCase();
    if (extension === undefined || builtIn.has(extension)) return [];
    return [setNames[extension] ?? extension.replaceAll("-", "_")];
  });
  return [...new Set(names)].sort();
}

/** Bindings of `vendor`: a download for each package, and Composer that installs them. */
export function composerBindings(spec: AppSpec, composer: Composer): readonly Binding[] {
  const { packages, local } = composer;
  const dists = nix.attrs(
    packages.map((item) => nix.bind([item.name], nix.string(distExpr(item)))),
  );
  const vendor = runCommand({
    name: `${spec.app}-vendor`,
    inputs: [nix.ref("php", "packages", "composer"), nix.ref("pkgs", "jq")],
    attrs: {
      manifest: readSource("composer.json"),
      lock: readSource("composer.lock"),
      dists: nix.call(nix.ref("builtins", "toJSON"), dists),
      passAsFile: nix.list(["manifest", "lock", "dists"].map((name) => nix.string(name))),
    },
    script: installScript(composer),
  });
  const comment =
    "An archive of a package, by its hash; the server's own registry stands in for other addresses.";
  return [
    ...(packages.length === 0 ? [] : [nix.bind("dist", distFunction(), { comment })]),
    ...local.map(({ path }, index) => nix.bind(localName(index), localExpr(path))),
    nix.bind("vendor", vendor),
  ];
}

/** By its content alone: a change of another file leaves the packages as they are. */
function readSource(file: string): NixExpr {
  const place = nix.binary("+", nix.ref("src"), nix.string(`/${file}`));
  return nix.call(nix.ref("builtins", "readFile"), place);
}

function localName(index: number): string {
  return `local${index + 1}`;
}

function localExpr(path: string): NixExpr {
  const place = nix.binary("+", nix.ref("src"), nix.string(`/${path}`));
  return nix.call(
    nix.ref("builtins", "path"),
    nix.attrs({ name: nix.string(path.replace(/^.*\//, "")), path: place }),
  );
}

function distFunction(): NixExpr {
  const configured = nix.string(nix.ref("registries", "packagist"), "/", nix.ref("path"));
  const url = nix.ifElse(
    nix.has(nix.ref("registries"), ["configured", "packagist"]),
    configured,
    nix.ref("url"),
  );
  const body = nix.call(
    nix.ref("pkgs", "fetchurl"),
    nix.attrs([nix.inherit(["name", "hash"]), nix.bind("url", url)]),
  );
  return ["name", "path", "url", "hash"].reduceRight<NixExpr>(
    (inner, name) => nix.lambda(name, inner),
    body,
  );
}

function distExpr(item: LockedPackage): NixExpr {
  const { name, source, url } = item;
  if (source.kind === "git" || url === undefined) {
    throw lockfileUnsupportedSource({
      place: { file: "composer.lock" },
      name,
      source: "git, which no registry serves",
      hint: `Set preferred-install to dist and run composer update ${name}`,
    });
  }
  const base = "base";
  const path = registryUrl(item, { packagist: base })?.slice(base.length + 1);
  const hash = nix.string(item.integrity);
  const fileName = nix.string(source.fileName);
  if (path === undefined) {
    return nix.call(
      nix.ref("pkgs", "fetchurl"),
      nix.attrs({ name: fileName, url: nix.string(url), hash }),
    );
  }
  return nix.call(nix.ref("dist"), fileName, nix.string(path), nix.string(url), hash);
}

/** Composer finds each archive in the store; afterwards nothing says so any more, or the archives would stay. */
const takeFromStore = `jq --slurpfile dists $distsPath '.packages |= map($dists[0][.name] as $file
  | if $file then .dist |= (del(.mirrors) + { url: $file, shasum: "" }) else . end)' $lockPath > composer.lock
`;
const forgetStore = `if [ -e vendor/composer/installed.json ]; then
  jq --slurpfile lock $lockPath '($lock[0].packages | map({ key: .name, value: .dist }) | from_entries) as $dists
    | .packages |= map(if $dists[.name] then .dist = $dists[.name] else . end)' vendor/composer/installed.json > installed.json
  mv installed.json vendor/composer/installed.json
fi
rm composer.json composer.lock
`;
/** Composer would name the autoloader's classes at random; it keeps the name that it finds. */
const nameAutoloader = `mkdir -p vendor
printf '<?php // ComposerAutoloaderInit%s::\\n' "$(jq -r '."content-hash"' $lockPath)" > vendor/autoload.php
`;

function installScript({ local, hasInstallers }: Composer): readonly StringPart[] {
  return [
    composerHome,
    "mkdir $out\ncd $out\ncp $manifestPath composer.json\n",
    takeFromStore,
    ...local.flatMap(({ path }, index) => {
      const word = encodeShellWord(path);
      return [
        `mkdir -p ${word}\ncp -r `,
        nix.ref(localName(index)),
        `/. ${word}\nchmod -R u+w ${word}\n`,
      ];
    }),
    `composer install --no-dev --no-autoloader --no-scripts --no-interaction --no-progress --prefer-dist${hasInstallers ? "" : " --no-plugins"}\n`,
    ...local.map(({ path }) => `rm -rf ${encodeShellWord(path)}\n`),
    nameAutoloader,
    forgetStore,
  ];
}

/** Packages of the project itself are copied, not linked to where they were built. */
const composerHome =
  "export HOME=$TMPDIR COMPOSER_HOME=$TMPDIR/composer COMPOSER_CACHE_DIR=/dev/null COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_MIRROR_PATH_REPOS=1\n";

/** Puts what was installed into the app and writes the autoloader of both. */
export function addVendor(spec: AppSpec, { hasInstallers }: Composer): readonly StringPart[] {
  const discover = spec.tree.has("artisan") ? "  php artisan package:discover\n" : "";
  return [
    "rm -rf app/vendor\ncp -r ",
    nix.ref("vendor"),
    "/. app\nchmod -R u+w app\n(\n  cd app\n  ",
    composerHome,
    `  composer dump-autoload --no-dev --optimize --no-scripts --no-interaction${hasInstallers ? "" : " --no-plugins"}\n${discover}`,
    "  if [ -d vendor/bin ]; then patchShebangs vendor/bin; fi\n)\n",
  ];
}
