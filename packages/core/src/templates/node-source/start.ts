import { fromNix, type Text } from "../../launcher/text.ts";
import { nix } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import type { Manifest } from "./manifest.ts";

/** `node server.js` as words; anything else is run by a shell, as npm would. */
export function startCommand(spec: AppSpec, manifest: Manifest, root: string): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target !== undefined) return nodeCommand([target], root);
  if (spec.hasOwnWeb) return [];
  const { start } = manifest.scripts;
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
