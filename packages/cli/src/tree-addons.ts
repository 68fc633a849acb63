import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

const ofApp: ArgumentSpec = { name: "app", summary: "The app", kind: "app", required: true };
const ofAddon: ArgumentSpec = {
  name: "name",
  summary: "Name of the addon, as hop3 addons lists it",
  kind: "text",
  required: true,
};

export const addonsTree: CommandSpec = {
  name: "addons",
  summary: "Backing services of an app, such as a database, provided by plug-ins",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the addons of an app: kind, state, variables, disk",
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/addons.ts")).addonsList,
    },
    {
      name: "backup",
      summary: "Write all that an addon holds into a file",
      examples: ["hop3 addons backup shop redis shop.rdb"],
      args: [
        ofApp,
        ofAddon,
        { name: "file", summary: "A file to write", kind: "file", required: true },
      ],
      load: async () => (await import("./commands/addons.ts")).addonsBackup,
    },
    {
      name: "restore",
      summary: "Replace all that an addon holds with a backup",
      notes: ["Its process is started anew; connections to it break."],
      examples: ["hop3 addons restore shop redis shop.rdb"],
      args: [
        ofApp,
        ofAddon,
        { name: "file", summary: "What hop3 addons backup wrote", kind: "file", required: true },
      ],
      load: async () => (await import("./commands/addons.ts")).addonsRestore,
    },
    {
      name: "destroy",
      summary: "Remove an addon that the running Release does not declare, with all that it holds",
      examples: ["hop3 addons destroy shop redis"],
      args: [ofApp, ofAddon],
      options: [{ name: "yes", summary: "Do not ask" }],
      load: async () => (await import("./commands/addons.ts")).addonsDestroy,
    },
  ],
};
