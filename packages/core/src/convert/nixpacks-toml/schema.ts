import { z } from "zod";
import { dropped } from "../check-document.ts";

const text = z.string();
const list = z.array(text);
const fixed =
  "the package set is fixed by the platform; [nix] nixpkgs-rev with its hash pins another";

const Phase = z.strictObject({
  cmds: list.optional(),
  nixPkgs: list.optional(),
  aptPkgs: list.optional(),
  dependsOn: z.unknown().optional(),
  nixLibs: dropped("libraries of a program belong to its package"),
  nixOverlays: dropped("an overlay runs code of its own; write hop3.nix to change packages"),
  nixpkgsArchive: dropped(fixed),
  cacheDirectories: dropped("Nix keeps what it has built; a build has no other cache"),
  onlyIncludeFiles: dropped("what a step reads is the whole Source"),
  paths: dropped("programs are found through packages"),
});

/** `nixpacks.toml`. */
export const NixpacksToml = z.strictObject({
  providers: list.optional(),
  variables: z.record(text, z.union([text, z.number(), z.boolean()])).optional(),
  phases: z.record(text, Phase).optional(),
  start: z
    .strictObject({
      cmd: text.optional(),
      runImage: dropped("there are no images; a Release is a closure"),
      onlyIncludeFiles: dropped("the closure holds what the package refers to"),
    })
    .optional(),
  buildImage: dropped("there are no images; a build runs in the sandbox"),
  staticAssets: dropped("write the file into the repository"),
});
export type NixpacksToml = z.infer<typeof NixpacksToml>;
