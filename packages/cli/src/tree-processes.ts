import type { CommandSpec } from "./command.ts";
import { appArgument, appOption, detachOption } from "./tree-options.ts";

/** What changes how an app runs, and not what runs. */
export const processCommands: readonly CommandSpec[] = [
  {
    name: "restart",
    summary: "Start the Processes of an app anew, without a gap",
    args: [appArgument],
    options: [appOption, detachOption],
    load: async () => (await import("./commands/processes.ts")).restart,
  },
  {
    name: "scale",
    summary: "Show or choose how many instances of each worker run",
    notes: [
      "A number that is chosen here holds for later Releases too, until it is given back with WORKER=default. Instances that stay are not restarted. 0 stops a worker; without an instance of web, visitors get a page that says so.",
    ],
    examples: [
      "hop3 scale",
      "hop3 scale web=3 mail=0 --app shop",
      "hop3 scale web=default --app shop",
    ],
    args: [
      {
        name: "numbers",
        summary: "WORKER=NUMBER from 0 to 64, or WORKER=default for what the Release says",
        kind: "text",
        many: true,
      },
    ],
    options: [appOption, detachOption],
    load: async () => (await import("./commands/scale.ts")).scale,
  },
];
