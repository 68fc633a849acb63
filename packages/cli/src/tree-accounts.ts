import type { ArgumentSpec, CommandSpec, OptionSpec } from "./command.ts";

const contextArgument: ArgumentSpec = {
  name: "context",
  summary: "Name of a server",
  kind: "text",
};
const nameArgument: ArgumentSpec = {
  name: "name",
  summary: "Name of the user",
  kind: "text",
  required: true,
};
const roleNames = ["viewer", "developer", "operator", "owner"] as const;
const roleOption: OptionSpec = {
  name: "role",
  summary: "Its role; without --app for all apps",
  value: { name: "role", kind: roleNames },
};
/** Without the usual "that of the current directory": a role for all apps is the other meaning here. */
const oneAppOption: OptionSpec = {
  name: "app",
  summary: "For this app alone",
  value: { name: "name", kind: "app" },
};
const hoursOption: OptionSpec = {
  name: "hours",
  summary: "How long the link works",
  value: { name: "count", kind: "text" },
  fallback: "72",
};

const loginCommand: CommandSpec = {
  name: "login",
  summary: "Sign in to a server, which commands then go to",
  notes: [
    "Asks for name and password, and for a code where the account has a second factor; or takes a one-time link and asks for the new password. What is kept is a token of 90 days, in ~/.config/hop3/contexts.json, which only you can read. --token takes a token from standard input instead.",
  ],
  examples: [
    "hop3 login https://hop3.example.org",
    "hop3 login 'https://hop3.example.org/welcome#hop3i_…'",
    "hop3 login https://hop3.example.org --token < token.txt",
  ],
  args: [
    {
      name: "url",
      summary: "Address of the server, or a one-time link; without one, the server in use",
      kind: "text",
    },
  ],
  options: [
    { name: "user", summary: "Sign in as this user", value: { name: "name", kind: "text" } },
    {
      name: "name",
      summary: "What the server is called here; without it, its host",
      value: { name: "name", kind: "text" },
    },
    { name: "token", summary: "Take a token instead of name and password" },
  ],
  load: async () => (await import("./commands/login.ts")).login,
};

const logoutCommand: CommandSpec = {
  name: "logout",
  summary: "Revoke the token of a server and forget it",
  args: [{ ...contextArgument, summary: "The server; without it, the one in use" }],
  load: async () => (await import("./commands/login.ts")).logout,
};

const contextTree: CommandSpec = {
  name: "context",
  summary: "The servers that you use",
  defaultChild: "list",
  notes: [
    "HOP3_SERVER with HOP3_TOKEN goes before all of them, then --context or HOP3_CONTEXT, then --home or HOP3_HOME, then the one in use. `local` is the server on this machine, through its socket.",
  ],
  children: [
    {
      name: "list",
      summary: "List the servers, and which of them is in use",
      load: async () => (await import("./commands/context.ts")).contextList,
    },
    {
      name: "use",
      summary: "Let commands go to another server",
      examples: ["hop3 context use local"],
      args: [{ ...contextArgument, required: true }],
      load: async () => (await import("./commands/context.ts")).contextUse,
    },
    {
      name: "add",
      summary: "Remember a server that is reached through SSH",
      examples: ["hop3 context add production ssh://root@hop3.example.org"],
      args: [
        { ...contextArgument, required: true },
        { name: "address", summary: "ssh://user@host", kind: "text", required: true },
      ],
      load: async () => (await import("./commands/context.ts")).contextAdd,
    },
    {
      name: "remove",
      summary: "Forget a server; its token stays valid, unlike with logout",
      args: [{ ...contextArgument, required: true }],
      load: async () => (await import("./commands/context.ts")).contextRemove,
    },
  ],
};

const whoamiCommand: CommandSpec = {
  name: "whoami",
  summary: "Say who the server takes you for, and what you may",
  load: async () => (await import("./commands/users.ts")).whoami,
};

const usersTree: CommandSpec = {
  name: "users",
  summary: "Who may use this server",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the users with their roles, and who is invited",
      load: async () => (await import("./commands/users.ts")).usersList,
    },
    {
      name: "invite",
      summary: "Make a link with which somebody makes an account",
      examples: [
        "hop3 users invite ada --role owner",
        "hop3 users invite bob --role developer --app shop --hours 24",
      ],
      args: [nameArgument],
      options: [roleOption, oneAppOption, hoursOption],
      load: async () => (await import("./commands/users.ts")).usersInvite,
    },
    {
      name: "add",
      summary: "Add a user whose password you choose",
      args: [nameArgument],
      options: [roleOption, oneAppOption],
      load: async () => (await import("./commands/users.ts")).usersAdd,
    },
    {
      name: "role",
      summary: "Give a user a role, for one app or for all; `none` takes it away",
      notes: [
        "viewer sees everything but values of variables; developer deploys, configures and runs commands; operator destroys apps and looks after the server; owner manages users.",
      ],
      examples: ["hop3 users role bob operator", "hop3 users role bob none --app shop"],
      args: [
        nameArgument,
        { name: "role", summary: "The role", kind: [...roleNames, "none"], required: true },
      ],
      options: [oneAppOption],
      load: async () => (await import("./commands/users.ts")).usersRole,
    },
    {
      name: "reset",
      summary: "Make a link with which a user sets a new password",
      args: [nameArgument],
      options: [
        hoursOption,
        { name: "second-factor", summary: "Take the authenticator app away at once, too" },
      ],
      load: async () => (await import("./commands/users.ts")).usersReset,
    },
    {
      name: "remove",
      summary: "Remove a user, with all sessions and tokens; or withdraw an invitation",
      args: [nameArgument],
      load: async () => (await import("./commands/users.ts")).usersRemove,
    },
  ],
};

const tokensTree: CommandSpec = {
  name: "tokens",
  summary: "Tokens for programs: what CI and scripts sign in with",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List your tokens; an owner sees those of all",
      load: async () => (await import("./commands/tokens.ts")).tokensList,
    },
    {
      name: "create",
      summary: "Make a token and print it, this once",
      notes: [
        "A scope is a role or a permission, for one app with :APP behind it. A token never may more than its user, and one with scopes cannot make others.",
      ],
      examples: [
        "hop3 tokens create ci app.deploy:shop --days 90",
        'export HOP3_TOKEN="$(hop3 tokens create monitoring viewer)"',
      ],
      args: [
        { name: "name", summary: "What it is for", kind: "text", required: true },
        {
          name: "scope",
          summary: "What it may; without any, all that you may",
          kind: "text",
          many: true,
        },
      ],
      options: [
        {
          name: "days",
          summary: "Let it expire",
          value: { name: "count", kind: "text" },
        },
      ],
      load: async () => (await import("./commands/tokens.ts")).tokensCreate,
    },
    {
      name: "revoke",
      summary: "Let a token work no more",
      args: [{ name: "id", summary: "As hop3 tokens list shows it", kind: "text", required: true }],
      load: async () => (await import("./commands/tokens.ts")).tokensRevoke,
    },
  ],
};

const auditCommand: CommandSpec = {
  name: "audit",
  summary: "Show who did what, newest first",
  notes: ["Values of variables are never part of it. The log can be added to and nothing else."],
  examples: ["hop3 audit --app shop", "hop3 audit --user ada --since 7d --json"],
  options: [
    { ...oneAppOption, summary: "Only what was about this app" },
    { name: "user", summary: "Only what this user did", value: { name: "name", kind: "text" } },
    {
      name: "action",
      summary: "Only this, for example session.start or config.change",
      value: { name: "name", kind: "text" },
    },
    {
      name: "since",
      summary: "Only what is newer: 30m, 12h, 7d, or a date",
      value: { name: "time", kind: "text" },
    },
    {
      name: "lines",
      short: "n",
      summary: "How many",
      value: { name: "count", kind: "text" },
      fallback: "50",
    },
  ],
  load: async () => (await import("./commands/audit.ts")).audit,
};

/** Everything about who may do what, in the order of `hop3 --help`. */
export const accountCommands: readonly CommandSpec[] = [
  loginCommand,
  logoutCommand,
  contextTree,
  whoamiCommand,
  usersTree,
  tokensTree,
  auditCommand,
].map((spec) => ({ ...spec, group: "Accounts:" }));
