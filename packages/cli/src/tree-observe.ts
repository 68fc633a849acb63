import type { CommandSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

/** What happens and what is used: commands that only look. */
export const observeCommands: readonly CommandSpec[] = [
  {
    name: "ps",
    summary: "List the Processes of an app",
    args: [appArgument],
    options: [appOption],
    load: async () => (await import("./commands/processes.ts")).ps,
  },
  {
    name: "top",
    summary: "Show what apps use of memory and CPU now, or the Processes of one app",
    args: [{ ...appArgument, summary: "The app; without it, all apps" }],
    load: async () => (await import("./commands/top.ts")).top,
  },
  {
    name: "metrics",
    summary: "Show what an app has used over time",
    notes: ["Kept in memory by the server: an hour exactly, a day roughly, since it started."],
    examples: ["hop3 metrics hello", "hop3 metrics --app hello --minutes 1440 --json"],
    args: [appArgument],
    options: [
      appOption,
      {
        name: "minutes",
        summary: "How far back, up to 1440",
        value: { name: "count", kind: "text" },
        fallback: "60",
      },
    ],
    load: async () => (await import("./commands/top.ts")).metrics,
  },
  {
    name: "events",
    summary: "Follow what happens on the server",
    notes: [
      "Deployments, Processes that come and go, changes of the configuration, of domains, of plug-ins. Ctrl-C ends it; a server that restarts is asked again for what was missed.",
    ],
    examples: ["hop3 events", "hop3 events hello --json"],
    args: [{ ...appArgument, summary: "Only this app; without it, everything" }],
    load: async () => (await import("./commands/events.ts")).events,
  },
];

export const storeTree: CommandSpec = {
  name: "store",
  summary: "What takes how much of the disk",
  defaultChild: "show",
  children: [
    {
      name: "show",
      summary: "Show what each app and Release takes, and what a cleanup would free",
      notes: ["`alone` is what goes when this one goes: the rest is needed by others too."],
      load: async () => (await import("./commands/store.ts")).storeShow,
    },
    {
      name: "clean",
      summary: "Say what a cleanup would free; with --yes free it",
      notes: [
        "Takes what nothing keeps, of the whole Nix store of the machine. Releases that can be gone back to are kept. The next build of something else may have to fetch again what is gone.",
      ],
      examples: ["hop3 store clean", "hop3 store clean --yes --max 10GB"],
      options: [
        { name: "yes", summary: "Do it" },
        {
          name: "max",
          summary: "Stop when so much is freed: 500MB, 10GB",
          value: { name: "size", kind: "text" },
        },
      ],
      load: async () => (await import("./commands/store.ts")).storeClean,
    },
  ],
};

/** What a Release is made of; beside those that take it elsewhere. */
export const releaseLookCommands: readonly CommandSpec[] = [
  {
    name: "diff",
    summary: "Show what another Release has differently: source, variables, workers, packages",
    notes: ["Of variables the names are shown, never the values."],
    examples: ["hop3 release diff 3 5", "hop3 release diff 5 3 --app shop"],
    args: [
      { name: "from", summary: "Number of a Release", kind: "text", required: true },
      { name: "to", summary: "Number of the other one", kind: "text", required: true },
    ],
    options: [appOption],
    load: async () => (await import("./commands/release-look.ts")).releaseDiff,
  },
  {
    name: "closure",
    summary: "List what a Release consists of, the largest first, or why something is part of it",
    examples: ["hop3 release closure 4", "hop3 release closure 4 --why libssl3 --app shop"],
    args: [{ name: "number", summary: "Number of the Release", kind: "text", required: true }],
    options: [
      appOption,
      {
        name: "why",
        summary: "Show the shortest way to this path or package",
        value: { name: "name", kind: "text" },
      },
    ],
    load: async () => (await import("./commands/release-look.ts")).releaseClosure,
  },
];
