import { z } from "zod";
import { fromNix, type Text } from "../../launcher/text.ts";
import {
  checkInStep,
  type Lockfile,
  readLockfile,
  requireLockfile,
} from "../../lockfiles/index.ts";
import { nix } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";

const Manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** The scripts of package.json; the lockfile's reader has refused one that is not JSON. */
export function scriptsOf(spec: AppSpec): Readonly<Record<string, string>> {
  const parsed = Manifest.safeParse(JSON.parse(spec.files.get("package.json") ?? "{}"));
  return parsed.success ? parsed.data.scripts : {};
}

/** package-lock.json, checked against package.json. */
export function nodeLockfile(spec: AppSpec): Lockfile {
  const paths = spec.tree.paths().map(({ path }) => path);
  const file = requireLockfile(paths, { registry: "npm", manifest: "package.json" });
  const lockfile = { file, text: spec.files.get(file) ?? "" };
  const manifest = { file: "package.json", text: spec.files.get("package.json") ?? "" };
  const read = readLockfile(lockfile, { manifest: manifest.text });
  checkInStep({ lockfile, manifest, digest: noDigest });
  const [local] = read.local.filter(({ path }) => path !== "");
  if (local === undefined) return read;
  throw templateInput({
    template: "node-source",
    reason: `${file} holds the workspace ${local.path}, and this version builds apps of one package`,
    hint: "Deploy the directory of one package, with a lockfile of its own",
    place: { file },
  });
}

/** Only Composer's lockfiles carry a digest of their manifest. */
function noDigest(): string {
  throw new Error("npm's lockfiles hold no digest");
}

/** `node server.js` as words; anything else is run by a shell, as npm would. */
export function startCommand(spec: AppSpec, root: string): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target !== undefined) return nodeCommand([target], root);
  if (spec.hasOwnWeb) return [];
  const { start } = scriptsOf(spec);
  if (start === undefined) throw noStart(spec);
  const [program, ...words] = start.trim().split(/\s+/);
  const isPlain = program === "node" && words.length > 0 && words.every(isPlainWord);
  if (isPlain) return nodeCommand(words, root);
  const cd = [`cd `, fromNix(nix.ref("package")), `/${root} && exec ${start}`];
  return [[fromNix(nix.ref("pkgs", "bash")), "/bin/sh"], ["-c"], cd];
}

function isPlainWord(word: string): boolean {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word);
}

/** The first word that is no option is the script. */
function nodeCommand(words: readonly string[], root: string): readonly Text[] {
  const script = words.findIndex((word) => !word.startsWith("-"));
  return [
    [fromNix(nix.ref("nodejs")), "/bin/node"],
    ...words.map((word, index): Text => {
      if (index !== script) return [word];
      return [fromNix(nix.ref("package")), `/${root}/${word.replace(/^\.\//, "")}`];
    }),
  ];
}

function noStart(spec: AppSpec): Error {
  return templateInput({
    template: "node-source",
    reason: "package.json has no start script, and nothing else says what to run",
    hint: 'Add "start" to its scripts, set [nix] exec-target, or write a Procfile',
    place: spec.scope(["nix", "template"]).place ?? { file: "package.json" },
  });
}
