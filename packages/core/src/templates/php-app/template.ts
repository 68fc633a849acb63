import { encodeShellWord } from "../../encode/shell.ts";
import { fromNix, type Text, variable } from "../../launcher/text.ts";
import type { StringPart } from "../../nix/ast.ts";
import { binOf, inPackage, type NixExpr, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { archiveBindings, insidePath, unpackInputs, unpackScript } from "../upstream.ts";
import {
  addVendor,
  type Composer,
  composerBindings,
  composerFiles,
  readComposer,
} from "./composer.ts";
import { detectPhpApp, documentRoot } from "./detect.ts";
import { serverBindings } from "./server.ts";

const id = "php-app";

/** A PHP app, from an archive or from the project's own files. */
export const phpApp = defineTemplate({
  id,
  title: "A PHP app",
  description:
    "Runs PHP files, fetched by hash or the project's own, with the extensions named and those that composer.json asks for; Composer installs the packages of composer.lock offline, each known by its hash.",
  tier: "source",
  optional: [
    "url",
    "sha256",
    "archive",
    "source-root",
    "unpack-without-top-level",
    "single-file",
    "php-version",
    "php-extensions",
    "post-install-dirs",
  ],
  detect: detectPhpApp,
  reads: () => composerFiles,
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  checkFetch(spec);
  const share = `share/${spec.app}`;
  const php = nix.ref("php");
  const composer = readComposer(spec);
  const isWritable =
    section["needs-writable-dir"] === true || section["writable-home-at-runtime"] === true;
  return {
    bindings: [
      nix.bind("php", phpExpr(spec, composer)),
      ...archiveBindings(spec),
      ...(composer === undefined ? [] : composerBindings(spec, composer)),
      ...(spec.hasOwnWeb ? [] : serverBindings()),
    ],
    package: runCommand({
      name: spec.app,
      inputs:
        composer === undefined ? unpackInputs(spec) : [php, nix.ref("php", "packages", "composer")],
      script: installScript(spec, share, composer),
    }),
    names: { APPDIR: inPackage(`/${share}`), PHPBIN: binOf(php), php },
    command: spec.hasOwnWeb ? [] : command(spec, share, isWritable),
    path: composer === undefined ? [binOf(php)] : [binOf(php), inPackage(`/${share}/vendor/bin`)],
    usesRegistries: composer !== undefined && composer.packages.length > 0,
    workingDir: share,
    ...(isWritable
      ? { writableTree: [share], startIn: [variable("HOP3_DATA_DIR"), `/${share}`] }
      : {}),
  };
}

function phpExpr(spec: AppSpec, composer: Composer | undefined): NixExpr {
  const name = spec.section["php-version"] ?? "php";
  const php = packageRef(spec, name, { template: id, key: "php-version" });
  const named = spec.section["php-extensions"] ?? [];
  for (const extension of named) packageRef(spec, extension, { template: id, key: "php-version" });
  const required = (composer?.extensions ?? []).filter((extension) => !named.includes(extension));
  if (named.length + required.length === 0) return php;
  const all = nix.list([
    ...named.map((extension) => nix.ref("all", extension)),
    ...required.map(requiredExtension),
  ]);
  const choose = nix.fn(
    { enabled: undefined, all: undefined },
    nix.binary("++", nix.ref("enabled"), all),
  );
  return nix.call(nix.select(php, ["withExtensions"]), choose);
}

/** The app did not name it here, so that the message says where it comes from. */
function requiredExtension(extension: string): NixExpr {
  const message = `Composer's files ask for the PHP extension ext-${extension}, which the package set lacks`;
  const lacking = nix.call(nix.ref("throw"), nix.string(message));
  return nix.select(nix.ref("all"), [extension], lacking);
}

function installScript(
  spec: AppSpec,
  share: string,
  composer: Composer | undefined,
): readonly StringPart[] {
  const { section } = spec;
  const dirs = (section["post-install-dirs"] ?? []).map((dir) =>
    encodeShellWord(insidePath(spec, "post-install-dirs", dir)),
  );
  const makeDirs = dirs.map((dir) => `mkdir -p $out/${share}/${dir}\n`);
  if (section["single-file"] === true) {
    return ["install -D -m 644 ", nix.ref("archive"), ` $out/${share}/index.php\n`, ...makeDirs];
  }
  const vendor = composer === undefined ? [] : addVendor(spec, composer);
  const move = `mkdir -p $out/share\nmv app $out/${share}\n`;
  return [...unpackScript(spec), ...vendor, move, ...makeDirs];
}

/** Where the tree is writable, it is run from where the server lays it out. */
function command(spec: AppSpec, share: string, isWritable: boolean): readonly Text[] {
  const below = spec.section.url === undefined ? documentRoot(spec) : "";
  const root = below === "" ? share : `${share}/${below}`;
  const home: Text[number] = isWritable ? variable("HOP3_DATA_DIR") : fromNix(nix.ref("package"));
  return [[fromNix(nix.ref("serve"))], [home, `/${root}`]];
}

function checkFetch(spec: AppSpec): void {
  const { url, sha256 } = spec.section;
  if ((url === undefined) === (sha256 === undefined)) return;
  const [given, missing] = url === undefined ? ["sha256", "url"] : ["url", "sha256"];
  throw templateInput({
    template: id,
    reason: `[nix] ${given} without ${missing}`,
    hint: `Add ${missing}, or remove ${given} to use the project's own files`,
    place: spec.scope(["nix", given ?? "url"]).place,
  });
}
