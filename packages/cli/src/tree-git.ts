import type { CommandSpec } from "./command.ts";
import { appArgument, appOption } from "./tree-options.ts";

export const gitTree: CommandSpec = {
  name: "git",
  summary: "Deploy with git push",
  defaultChild: "info",
  children: [
    {
      name: "setup",
      summary: "Write the remote into the project of the current directory",
      notes: [
        "After it, git push hop3 main deploys. Over HTTP git asks hop3 for the token whenever it needs it, so that none stands in an address or a file; over SSH your key opens the door (hop3 keys add).",
      ],
      examples: ["hop3 git setup", "hop3 git setup --ssh --app shop"],
      options: [
        appOption,
        { name: "ssh", summary: "Push over SSH" },
        { name: "https", summary: "Push over HTTP or HTTPS, as the server is reached" },
        {
          name: "remote",
          summary: "Name of the remote",
          value: { name: "name", kind: "text" },
          fallback: "hop3",
        },
      ],
      load: async () => (await import("./commands/git.ts")).gitSetup,
    },
    {
      name: "info",
      summary: "Show where to push, and what was deployed from there",
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/git.ts")).gitInfo,
    },
    {
      name: "branch",
      summary: "Say which branch is deployed, or choose another",
      notes: [
        "What is chosen here counts before [deploy] branch of the running release's hop3.toml, and that before main. Other branches and tags are stored and not deployed.",
      ],
      examples: [
        "hop3 git branch",
        "hop3 git branch production --app shop",
        "hop3 git branch --reset --app shop",
      ],
      args: [{ name: "branch", summary: "Deploy this one from the next push on", kind: "text" }],
      options: [
        appOption,
        { name: "reset", summary: "Deploy again what hop3.toml or the first push says" },
      ],
      load: async () => (await import("./commands/git.ts")).gitBranch,
    },
    {
      name: "credential",
      summary: "Answer git's question for a credential",
      hidden: true,
      args: [{ name: "action", summary: "get, store or erase", kind: "text", required: true }],
      load: async () => (await import("./commands/git-credential.ts")).gitCredential,
    },
    {
      name: "serve",
      summary: "Connect a client of sshd with the server",
      hidden: true,
      args: [{ name: "key", summary: "Fingerprint of its key", kind: "text", required: true }],
      load: async () => (await import("./commands/git-serve.ts")).gitServe,
    },
  ],
};

export const keysTree: CommandSpec = {
  name: "keys",
  summary: "SSH keys that open git push",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List your keys; an owner sees those of all",
      load: async () => (await import("./commands/keys.ts")).keysList,
    },
    {
      name: "add",
      summary: "Let a public key in",
      notes: ["A key belongs to one user and may what that user may, with git and nothing else."],
      examples: [
        "hop3 keys add ~/.ssh/id_ed25519.pub",
        "ssh-add -L | hop3 keys add - --name laptop",
        "hop3 keys add bob.pub --user bob",
      ],
      args: [
        {
          name: "key",
          summary: "A .pub file, - for standard input, or the key itself",
          kind: "file",
          required: true,
        },
      ],
      options: [
        {
          name: "name",
          summary: "What it is called; without it, its comment",
          value: { name: "name", kind: "text" },
        },
        {
          name: "user",
          summary: "Whose it is; without it, yours",
          value: { name: "name", kind: "text" },
        },
      ],
      load: async () => (await import("./commands/keys.ts")).keysAdd,
    },
    {
      name: "remove",
      summary: "Let a key in no more",
      args: [{ name: "key", summary: "Its fingerprint or its name", kind: "text", required: true }],
      load: async () => (await import("./commands/keys.ts")).keysRemove,
    },
  ],
};
