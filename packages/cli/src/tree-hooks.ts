import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

const hookArgument: ArgumentSpec = {
  name: "hook",
  summary: "The hook, as hop3 hooks list shows it",
  kind: "text",
  required: true,
};

export const hooksTree: CommandSpec = {
  name: "hooks",
  summary: "Deploy when GitHub, GitLab, Gitea or Forgejo tells of a push",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the hooks of an app, and what has come lately",
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/hooks.ts")).hooksList,
    },
    {
      name: "add",
      summary: "Make a hook, and print the address and the secret to enter at the forge",
      notes: [
        "When the forge tells of a push to the deploy branch, the server fetches the repository and deploys its newest commit.",
      ],
      examples: [
        "hop3 hooks add https://github.com/me/shop.git --app shop",
        "hop3 hooks add https://git.example.org/me/shop.git --password-file token.txt",
      ],
      args: [
        {
          name: "repository",
          summary: "Where to fetch from: an address that begins with https://",
          kind: "text",
          required: true,
        },
      ],
      options: [
        appOption,
        {
          name: "user",
          summary: "Name to fetch with, where the repository is not public",
          value: { name: "name", kind: "text" },
        },
        {
          name: "password-file",
          summary: "File with the password or token to fetch with; - is standard input",
          value: { name: "file", kind: "file" },
        },
      ],
      load: async () => (await import("./commands/hooks.ts")).hooksAdd,
    },
    {
      name: "remove",
      summary: "Take nothing any more from a hook",
      args: [hookArgument],
      options: [appOption],
      load: async () => (await import("./commands/hooks.ts")).hooksRemove,
    },
    {
      name: "test",
      summary: "Ask the repository of a hook for the branch that is deployed",
      args: [hookArgument],
      options: [appOption],
      load: async () => (await import("./commands/hooks.ts")).hooksTest,
    },
  ],
};
