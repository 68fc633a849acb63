import { z } from "zod";
import { VariableName } from "../names.ts";
import { toSri } from "./hash.ts";
import { explain } from "./values.ts";

const text = z.string().min(1);
const list = z.array(z.string());
const flag = z.boolean();
const table = z.record(VariableName, z.string());

/** A hash in any spelling that Nix users know; becomes SRI. */
const Hash = z.string().transform((value, context) => {
  const sri = toSri(value);
  if (sri !== undefined) return sri;
  context.addIssue({
    code: "custom",
    message: "expected a hash: SRI (sha256-…), base64 (44 characters), nix32 (52) or hex (64)",
  });
  return z.NEVER;
});

const ConfigFileEntry = z.strictObject({
  path: explain(text, "Where the file goes, below the working directory"),
  format: explain(
    z.enum(["raw", "ini", "json", "yaml", "toml", "dotenv", "php"]).optional(),
    "How it is written",
  ),
  "raw-content": explain(z.string().optional(), "Text of a file in raw format"),
  sections: explain(
    z.record(z.string(), z.record(z.string(), z.json())).optional(),
    "Sections of an INI file",
  ),
  content: explain(
    z.record(z.string(), z.json()).optional(),
    "Values of a JSON, YAML, TOML, dotenv or PHP file",
  ),
  "create-if-missing": explain(flag.optional(), "Leave the file alone once it exists", false),
});

const ConditionalEnv = z.strictObject({
  when: explain(text, "Variable that has to be set"),
  env: explain(table, "Variables that are then exported"),
});

const FileMapping = z.strictObject({
  source: explain(text, "Path in the unpacked archive"),
  destination: explain(text, "Path in the package"),
});

/** `[nix]`: a template and its inputs. Each template checks the inputs that it takes. */
export const NixSection = z.strictObject({
  template: explain(text.optional(), "Name of the template that writes hop3.nix"),
  "nixpkgs-rev": explain(
    z
      .string()
      .regex(/^[0-9a-f]{40}$/, "expected the 40 hex digits of a commit")
      .optional(),
    "Revision of nixpkgs",
  ),
  "nixpkgs-sha256": explain(Hash.optional(), "Hash of that revision's archive"),
  "nixpkgs-package": explain(text.optional(), "Attribute of the package set"),
  "nixpkgs-packages": explain(
    list.optional(),
    "More attributes: their programs are on PATH, their libraries serve prebuilt programs",
  ),
  "static-root": explain(text.optional(), "Directory that is served"),
  url: explain(text.optional(), `Address of the archive; \${version} is [metadata] version`),
  sha256: explain(Hash.optional(), "Hash of the archive"),
  archive: explain(
    z.enum(["tar-gz", "tar-bz2", "tar-xz", "zip", "none"]).optional(),
    "Kind of archive",
  ),
  "source-root": explain(text.optional(), "Directory of the archive to start from"),
  "unpack-without-top-level": explain(flag.optional(), "The archive has no directory of its own"),
  "single-file": explain(flag.optional(), "The address names one file, not an archive"),
  "exec-target": explain(text.optional(), "Program to start"),
  "exec-args": explain(list.optional(), "Its arguments"),
  "pre-exec": explain(list.optional(), "Commands before the program starts"),
  "runtime-package": explain(text.optional(), "Attribute of the language runtime"),
  "extra-paths": explain(list.optional(), "More directories for PATH"),
  "needs-writable-dir": explain(flag.optional(), "The app writes into its own tree"),
  "writable-home-at-runtime": explain(
    flag.optional(),
    "The app's tree is laid out in the data directory",
  ),
  "writable-home-env-var": explain(text.optional(), "Variable that names the writable tree"),
  "post-install-dirs": explain(list.optional(), "Directories to create in the writable tree"),
  "local-vars": explain(table.optional(), "Shell variables of the start script"),
  "env-exports": explain(table.optional(), "Variables the start script exports"),
  "env-exports-raw": explain(table.optional(), "The same, with Nix references"),
  "runtime-env": explain(table.optional(), "Variables of the RuntimeConfig"),
  "let-extra": explain(
    z.record(z.string(), z.string()).optional(),
    "Names bound to attributes of pkgs",
  ),
  "config-files": explain(z.array(ConfigFileEntry).optional(), "Files written at start"),
  "conditional-env": explain(z.array(ConditionalEnv).optional(), "Variables that depend on others"),
  "file-mappings": explain(z.array(FileMapping).optional(), "What goes where from an archive"),
  "php-version": explain(text.optional(), "Attribute of PHP"),
  "php-extensions": explain(list.optional(), "Extensions of PHP"),
  "pip-requirements": explain(text.optional(), "File of requirements"),
  "pip-packages": explain(list.optional(), "Requirements, listed here"),
  "pip-deps-hash": explain(Hash.optional(), "Hash of the fetched requirements"),
  "war-file": explain(text.optional(), "Name of the web archive"),
  "gradle-patches": explain(list.optional(), "Patches for the sources"),
  "gradle-flags": explain(list.optional(), "Flags of gradle"),
  "gradle-jar-glob": explain(text.optional(), "Where gradle leaves the archive"),
  "gradle-jar-name": explain(text.optional(), "Name of the installed archive"),
  "go-vendor-hash": explain(Hash.optional(), "Hash of the vendored modules"),
  "go-proxy-vendor": explain(flag.optional(), "Fetch modules through the proxy protocol"),
  "go-sub-packages": explain(list.optional(), "Packages to build"),
  "go-ldflags": explain(list.optional(), "Flags of the linker"),
  "go-frontend-build": explain(text.optional(), "Command that builds the front end"),
  "go-frontend-pnpm": explain(flag.optional(), "The front end uses pnpm"),
  "go-frontend-output": explain(text.optional(), "Directory of the built front end"),
  "go-frontend-source-root": explain(text.optional(), "Directory of the front end's sources"),
  "go-frontend-embed-path": explain(text.optional(), "Where Go embeds the front end from"),
  "go-npm-deps-hash": explain(Hash.optional(), "Hash of the npm dependencies"),
  "go-pnpm-deps-hash": explain(Hash.optional(), "Hash of the pnpm dependencies"),
  "go-static-dirs": explain(list.optional(), "Directories installed beside the program"),
});
export type NixSection = z.infer<typeof NixSection>;
