import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

const hookArgument: ArgumentSpec = {
  name: "hook",
  summary: "The hook, as hop3 hooks list shows it",
  kind: "text",
  required: true,
};

const hostKeyOption: OptionSpec = {
  name: "host-key",
  summary: "Over SSH: what the key of its host has to be; without it, the one that it shows",
  value: { name: "fingerprint", kind: "text" },
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
        "hop3 hooks add git@git.example.org:me/shop.git",
      ],
      args: [
        {
          name: "repository",
          summary:
            "Where to fetch from: https://… or, with a deploy key of the app, git@HOST:OWNER/NAME.git",
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
        hostKeyOption,
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
    {
      name: "key",
      summary: "Print the deploy key by which an app fetches over SSH, for the forge",
      notes: [
        "The private half never leaves the server. A new one has to be entered at the forge, too.",
      ],
      examples: ["hop3 hooks key shop", "hop3 hooks key shop --new"],
      args: [appArgument],
      options: [
        appOption,
        { name: "new", summary: "Make another one; the one that there is opens nothing any more" },
      ],
      load: async () => (await import("./commands/hooks.ts")).hooksKey,
    },
    {
      name: "trust",
      summary: "Take the key that the host of a repository shows now, after it has changed",
      examples: ["hop3 hooks trust HOOK --host-key SHA256:… --app shop"],
      args: [hookArgument],
      options: [appOption, hostKeyOption],
      load: async () => (await import("./commands/hooks.ts")).hooksTrust,
    },
  ],
};
