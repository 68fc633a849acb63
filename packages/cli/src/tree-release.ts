import type { CommandSpec } from "./command.ts";
import { releaseLookCommands } from "./tree-observe.ts";
import { appArgument, appOption, detachOption } from "./tree-options.ts";

export const releaseTree: CommandSpec = {
  name: "release",
  summary: "Look into a Release, or take it to another machine",
  children: [
    ...releaseLookCommands,
    {
      name: "export",
      summary: "Write a Release as one file: its closure, signed, and what it is",
      notes: [
        "Values of variables are secrets and stay where they are. --have takes a list made by `hop3 release have` on the other machine.",
      ],
      examples: ["hop3 release export 4 --app shop > shop-4.tar"],
      args: [{ name: "number", summary: "Number of the Release", kind: "text", required: true }],
      options: [
        appOption,
        { name: "output", summary: "Into this file", value: { name: "file", kind: "file" } },
        {
          name: "have",
          summary: "Leave out what this list names",
          value: { name: "file", kind: "file" },
        },
      ],
      load: async () => (await import("./commands/release-transfer.ts")).releaseExport,
    },
    {
      name: "import",
      summary: "Run a Release that another machine has built",
      notes: [
        "Only what is signed by this server or by [policy] trusted-keys of server.toml is taken over.",
      ],
      examples: ["hop3 release import shop-4.tar --app shop"],
      args: [{ name: "file", summary: "A bundle", kind: "file", required: true }],
      options: [appOption, detachOption],
      load: async () => (await import("./commands/release-transfer.ts")).releaseImport,
    },
    {
      name: "have",
      summary: "List what the store of this server holds, for --have of an export",
      load: async () => (await import("./commands/release-transfer.ts")).releaseHave,
    },
    {
      name: "key",
      summary: "Print the key that exported Releases are signed with",
      load: async () => (await import("./commands/release-transfer.ts")).releaseKey,
    },
  ],
};

export const canaryTree: CommandSpec = {
  name: "canary",
  summary: "End the trial of a new Release that has a share of the requests",
  children: [
    {
      name: "promote",
      summary: "Give it all requests now, without further watching",
      examples: ["hop3 canary promote --app shop"],
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/canary.ts")).canaryPromote,
    },
    {
      name: "abort",
      summary: "Give all requests back to the Release before it, and cancel the deployment",
      examples: ["hop3 canary abort --app shop"],
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/canary.ts")).canaryAbort,
    },
  ],
};
