import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

const receiverArgument: ArgumentSpec = {
  name: "receiver",
  summary: "The receiver, as hop3 notify list shows it",
  kind: "text",
  required: true,
};
const allOption: OptionSpec = { name: "all", summary: "Those that are told of every app" };

export const notifyTree: CommandSpec = {
  name: "notify",
  summary: "Tell other programs of deployments",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List who is told, and what was told lately",
      args: [appArgument],
      options: [appOption, allOption],
      load: async () => (await import("./commands/notify.ts")).notifyList,
    },
    {
      name: "add",
      summary: "Send signed JSON to an address when a deployment is live, fails or is cancelled",
      examples: [
        "hop3 notify add https://chat.example.org/hook --app shop",
        "hop3 notify add https://ci.example.org/hook --all --events deployment.queued,deployment.live",
      ],
      args: [{ name: "address", summary: "Begins with https://", kind: "text", required: true }],
      options: [
        appOption,
        allOption,
        {
          name: "events",
          summary:
            "Which ones, with commas between: deployment.queued, deployment.live, deployment.failed, deployment.cancelled",
          value: { name: "names", kind: "text" },
        },
      ],
      load: async () => (await import("./commands/notify.ts")).notifyAdd,
    },
    {
      name: "remove",
      summary: "Tell a receiver nothing any more",
      args: [receiverArgument],
      options: [appOption, allOption],
      load: async () => (await import("./commands/notify.ts")).notifyRemove,
    },
    {
      name: "test",
      summary: "Tell a receiver of nothing, to see whether it answers",
      args: [receiverArgument],
      options: [appOption, allOption],
      load: async () => (await import("./commands/notify.ts")).notifyTest,
    },
    {
      name: "redeliver",
      summary: "Tell a receiver something once more",
      args: [
        receiverArgument,
        { name: "notice", summary: "Its number", kind: "text", required: true },
      ],
      options: [appOption, allOption],
      load: async () => (await import("./commands/notify.ts")).notifyRedeliver,
    },
  ],
};
