import type { CommandSpec } from "./command.ts";
import { directoryArgument } from "./tree-options.ts";

/** Commands of `hop3 nix` that look at a project beside its plan. */
export const projectCommands: readonly CommandSpec[] = [
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
];
