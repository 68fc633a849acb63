import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { makeZip } from "../support/registry.ts";
import { unpackDebian } from "./pypi.ts";
import type { RegistryProtocol } from "./registry.ts";

/** One version of a module, as a proxy has it. */
export interface GoModule {
  readonly name: string;
  readonly version: string;
  /** Paths within the module. */
  readonly files: Readonly<Record<string, Buffer | string>>;
}

/** A module whose sources a package of the distribution brings; `nonce` makes its archive another one. */
export async function debianModule(
  name: string,
  version: string,
  { from, nonce = "" }: { readonly from: string; readonly nonce?: string },
): Promise<GoModule> {
  const root = join(await unpackDebian(from), "usr/share/gocode/src", name);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const content = files.map((file) => [relative(root, file), readFileSync(file)] as const);
  return { name, version, files: { ...Object.fromEntries(content), NONCE: nonce } };
}

/** A module proxy: archives, go.mod files, and what is known of a version. */
export function goProxy(modules: readonly GoModule[]): RegistryProtocol {
  const answers = new Map<string, Buffer>(
    modules.flatMap((module) => {
      const { name, version } = module;
      const base = `${escapePath(name)}/@v/${escapePath(version)}`;
      return [
        [`${base}.zip`, makeZip(archived(module))],
        [`${base}.mod`, Buffer.from(manifestOf(module))],
        [`${base}.info`, Buffer.from(JSON.stringify({ Version: version }))],
      ] as const;
    }),
  );
  return { prefix: "go", answer: async (path) => answers.get(decodeURIComponent(path)) };
}

/** The go.sum that these modules ask for. */
export function goSumOf(modules: readonly GoModule[]): string {
  return modules
    .flatMap((module) => [
      `${module.name} ${module.version} ${hashOf(archived(module))}\n`,
      `${module.name} ${module.version}/go.mod ${hashOf({ "go.mod": manifestOf(module) })}\n`,
    ])
    .join("");
}

function archived({ name, version, files }: GoModule): Readonly<Record<string, Buffer | string>> {
  const entries = Object.entries(files);
  return Object.fromEntries(entries.map(([path, text]) => [`${name}@${version}/${path}`, text]));
}

/** A module without go.mod has one of a line. */
function manifestOf({ name, files }: GoModule): Buffer | string {
  return files["go.mod"] ?? `module ${name}\n`;
}

/** Go's own hash of a set of files. */
function hashOf(files: Readonly<Record<string, Buffer | string>>): string {
  const lines = Object.entries(files)
    .map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, digest]) => `${digest}  ${path}\n`);
  return `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
}

function escapePath(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
