import type { CommandSpec } from "./command.ts";
import { directoryArgument } from "./tree-options.ts";

/** Commands of `hop3 nix` that look at a project beside its plan. */
export const projectCommands: readonly CommandSpec[] = [
  {
    name: "check",
    summary: "Evaluate hop3.nix, or the one that a template writes, and build nothing",
    notes: [
      "The server evaluates the files as a deploy would, and records nothing. A fault is shown with file, line and column; that of a generated expression with the line of hop3.toml it comes from, or with the line that was generated.",
    ],
    examples: ["hop3 nix check", "hop3 nix check ../shop --json"],
    args: [directoryArgument],
    load: async () => (await import("./commands/nix-check.ts")).nixCheck,
  },
  {
    name: "lock",
    summary: "Record hashes of dependencies that lockfiles pin by none, in hop3.lock",
    notes: [
      "The server downloads each such dependency once, from its own registries, and hop3.lock keeps the hash; entries that are still right are kept, those that nothing asks for are dropped. Add the file to the app's repository.",
    ],
    examples: ["hop3 nix lock", "hop3 nix lock ../shop --check"],
    args: [directoryArgument],
    options: [{ name: "check", summary: "Change nothing; fail where hop3.lock is out of date" }],
    load: async () => (await import("./commands/nix-lock.ts")).nixLock,
  },
  {
    name: "export",
    summary: "Write the app's packaging as package.nix and flake.nix, in the style of nixpkgs",
    notes: [
      "For people who use Nix without Hop3, and for giving a packaging back: callPackage fills in what the package needs, meta says what [metadata] says. Addresses of language registries are those of the server.",
    ],
    examples: ["hop3 nix export", "hop3 nix export ../shop --force"],
    args: [directoryArgument],
    options: [{ name: "force", summary: "Replace files of these names" }],
    load: async () => (await import("./commands/nix-export.ts")).nixExport,
  },
];
