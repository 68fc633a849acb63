import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

const previewArgument: ArgumentSpec = {
  name: "preview",
  summary: "Its name, as hop3 previews list shows it",
  kind: "app",
  required: true,
};

export const previewsTree: CommandSpec = {
  name: "previews",
  summary: "Apps that show other branches of an app",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the previews of an app, until when they stay and the extra disk each costs",
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/previews.ts")).previewsList,
    },
    {
      name: "remove",
      summary: "Remove a preview with all that it has; the branch stays",
      examples: ["hop3 previews remove shop--topic"],
      args: [previewArgument],
      load: async () => (await import("./commands/previews.ts")).previewsRemove,
    },
    {
      name: "keep",
      summary: "Let a preview stay longer than the server lets them",
      examples: ["hop3 previews keep shop--topic", "hop3 previews keep shop--topic --days 30"],
      args: [previewArgument],
      options: [
        {
          name: "days",
          summary: "So many days from now; without it, until the branch goes",
          value: { name: "n", kind: "text" },
        },
      ],
      load: async () => (await import("./commands/previews.ts")).previewsKeep,
    },
  ],
};
