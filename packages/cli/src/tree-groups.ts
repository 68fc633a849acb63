import type { CommandSpec, OptionSpec } from "./command.ts";
import { projectCommands } from "./tree-nix.ts";
import { appArgument, appOption, detachOption, directoryArgument } from "./tree-options.ts";

const noRestartOption: OptionSpec = {
  name: "no-restart",
  summary: "Keep it for the next deployment and restart nothing now",
};

/** Kinds of files that `hop3 init` reads; core's registry has the same. */
export const initKinds = [
  "procfile",
  "app-json",
  "fly-toml",
  "render-yaml",
  "railway-json",
  "nixpacks-toml",
  "dockerfile",
  "package-json",
] as const;

export const initCommand: CommandSpec = {
  name: "init",
  summary: "Write a hop3.toml from the files of another platform",
  notes: [
    "Reads Procfile, app.json, fly.toml, render.yaml, railway.json, nixpacks.toml, Dockerfile and package.json; where two set the same key, the first of this list has its way. What cannot be carried over becomes a warning with its reason, on the screen and at the top of the file. A deploy reads Procfile and app.json by itself; the others it does not know.",
  ],
  examples: ["hop3 init", "hop3 init --print --from dockerfile", "hop3 init ../shop --force"],
  args: [directoryArgument],
  options: [
    { name: "force", summary: "Replace a hop3.toml that is there" },
    { name: "print", summary: "Print the file and write nothing" },
    {
      name: "from",
      summary: "Read this kind of file only",
      value: { name: "kind", kind: initKinds },
    },
  ],
  load: async () => (await import("./commands/init.ts")).init,
};

export const nixTree: CommandSpec = {
  name: "nix",
  summary: "The expression that a template writes for an app",
  children: [
    {
      name: "plan",
      summary: "Print the hop3.nix that a deploy would build, without a server",
      examples: ["hop3 nix plan", "hop3 nix plan ../shop --json"],
      args: [directoryArgument],
      load: async () => (await import("./commands/nix.ts")).nixPlan,
    },
    {
      name: "eject",
      summary: "Write it into the project, and take [nix] out of hop3.toml",
      notes: [
        "From then on the file is yours: no template changes it, and the next deploy builds it.",
      ],
      args: [directoryArgument],
      load: async () => (await import("./commands/nix.ts")).nixEject,
    },
    {
      name: "tiers",
      summary:
        "Say where the bytes of an app's Releases come from; without one, those of templates",
      notes: [
        "nixpkgs: built from source by the package set. source: built here from source, every dependency pinned by hash. prebuilt: an upstream file, pinned by hash. unpinned: none of these. A tier is a claim; the measurement beside it is that of hop3 nix verify.",
      ],
      examples: ["hop3 nix tiers", "hop3 nix tiers shop"],
      args: [appArgument],
      load: async () => (await import("./commands/nix.ts")).nixTiers,
    },
    {
      name: "verify",
      summary: "Build a Release a second time and compare every byte",
      notes: [
        "The tier is a claim, this is its measurement. What runs is not disturbed, and the result is kept with its date: hop3 releases shows it.",
      ],
      examples: ["hop3 nix verify shop", "hop3 nix verify shop --release 3 --json"],
      args: [appArgument],
      options: [
        appOption,
        {
          name: "release",
          summary: "This Release instead of the one that runs",
          value: { name: "number", kind: "text" },
        },
      ],
      load: async () => (await import("./commands/nix-verify.ts")).nixVerify,
    },
    ...projectCommands,
  ],
};

export const configTree: CommandSpec = {
  name: "config",
  summary: "Variables of an app: encrypted at rest, given to its Processes",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the variables; values stay hidden",
      options: [appOption, { name: "reveal", summary: "Show the values" }],
      load: async () => (await import("./commands/config.ts")).configList,
    },
    {
      name: "set",
      summary: "Set variables and restart with them, as one new Release",
      notes: [
        "KEY=VALUE is visible to other users of this machine while the command runs, and stays in the history of the shell. KEY alone asks for the value without showing it, or reads it from standard input.",
      ],
      examples: [
        "hop3 config set LOG_LEVEL=debug WORKERS=4",
        "hop3 config set API_KEY",
        "hop3 config set API_KEY < key.txt",
        "hop3 config set --file .env",
      ],
      args: [{ name: "variable", summary: "KEY=VALUE, or KEY alone", kind: "text", many: true }],
      options: [
        appOption,
        {
          name: "file",
          summary: "Take variables from a file of KEY=VALUE lines",
          value: { name: "path", kind: "file" },
        },
        noRestartOption,
        detachOption,
      ],
      load: async () => (await import("./commands/config.ts")).configSet,
    },
    {
      name: "unset",
      summary: "Remove variables and restart without them",
      examples: ["hop3 config unset API_KEY"],
      args: [
        { name: "key", summary: "Name of a variable", kind: "text", required: true, many: true },
      ],
      options: [appOption, noRestartOption, detachOption],
      load: async () => (await import("./commands/config.ts")).configUnset,
    },
  ],
};

export const domainsTree: CommandSpec = {
  name: "domains",
  summary: "Host names under which an app answers",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the domains",
      options: [appOption],
      load: async () => (await import("./commands/domains.ts")).domainsList,
    },
    {
      name: "add",
      summary: "Let the app answer under one more domain",
      examples: ["hop3 domains add www.example.org --app hello"],
      args: [{ name: "domain", summary: "A host name", kind: "text", required: true }],
      options: [appOption],
      load: async () => (await import("./commands/domains.ts")).domainsAdd,
    },
    {
      name: "remove",
      summary: "Let the app no longer answer under a domain",
      args: [{ name: "domain", summary: "A host name", kind: "text", required: true }],
      options: [appOption],
      load: async () => (await import("./commands/domains.ts")).domainsRemove,
    },
  ],
};

export const packagesTree: CommandSpec = {
  name: "packages",
  summary: "The set of packages that apps are built from",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "Say which set is in use and what it is pinned to",
      load: async () => (await import("./commands/packages.ts")).packagesList,
    },
    {
      name: "update",
      summary: "Lock the newest versions; running apps stay as they are",
      load: async () => (await import("./commands/packages.ts")).packagesUpdate,
    },
    {
      name: "search",
      summary: "Find packages by name",
      examples: ["hop3 packages search redis"],
      args: [{ name: "text", summary: "Part of a name", kind: "text", required: true }],
      load: async () => (await import("./commands/packages.ts")).packagesSearch,
    },
  ],
};

export const serverTree: CommandSpec = {
  name: "server",
  summary: "The control plane on this machine",
  children: [
    {
      name: "start",
      summary: "Run the server in the foreground until Ctrl-C; apps outlive it",
      examples: ["hop3 server start", "hop3 server start --home ~/hop3 --router 127.0.0.1:8081"],
      options: [
        {
          name: "listen",
          summary: "Address of the API",
          value: { name: "host:port", kind: "text" },
          fallback: "127.0.0.1:7070",
        },
        {
          name: "router",
          summary: "Address under which the apps answer",
          value: { name: "host:port", kind: "text" },
          fallback: "127.0.0.1:8080",
        },
        {
          name: "domain",
          summary: "Apps without a domain of their own answer as <app>.<domain>",
          value: { name: "name", kind: "text" },
          fallback: "localhost",
        },
      ],
      load: async () => (await import("./commands/server.ts")).serverStart,
    },
    {
      name: "stop",
      summary: "Stop the server; apps keep running",
      options: [{ name: "all", summary: "Stop the apps, the router and the supervisor too" }],
      load: async () => (await import("./commands/server.ts")).serverStop,
    },
    {
      name: "status",
      summary: "Say whether the server runs, and where",
      load: async () => (await import("./commands/server.ts")).serverStatus,
    },
    {
      name: "token",
      summary: "Print the token that the API asks for over TCP",
      examples: ['export HOP3_TOKEN="$(hop3 server token)"'],
      load: async () => (await import("./commands/server.ts")).serverToken,
    },
    {
      name: "dial",
      summary: "Connect standard input and output with the server's socket: what ssh:// runs",
      load: async () => (await import("./commands/server-dial.ts")).serverDial,
    },
  ],
};
