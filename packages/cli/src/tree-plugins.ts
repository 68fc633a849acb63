import type { CommandSpec } from "./command.ts";

export const pluginsTree: CommandSpec = {
  name: "plugins",
  summary: "What others have written for this server: toolchains, templates, addons, commands",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the plug-ins, what each adds, and why one is broken",
      load: async () => (await import("./commands/plugins.ts")).pluginsList,
    },
    {
      name: "add",
      summary: "Install a plug-in, or another version of it",
      notes: [
        "The server runs npm, without the install scripts of packages, and keeps only what loads. A plug-in runs in the server with all its rights: add what you would install on the machine itself. It takes effect when the server is started again; apps go on running meanwhile.",
      ],
      examples: [
        "hop3 plugins add hop3-perl",
        "hop3 plugins add @me/hop3-perl@1.2.0",
        "hop3 plugins add ./hop3-perl-1.2.0.tgz",
        "hop3 plugins add https://example.org/hop3-perl-1.2.0.tgz",
      ],
      args: [
        {
          name: "package",
          summary: "Name, name@version, a tarball, or its https address",
          kind: "file",
          required: true,
        },
      ],
      load: async () => (await import("./commands/plugins.ts")).pluginsAdd,
    },
    {
      name: "remove",
      summary: "Take a plug-in out; apps that it built go on running",
      examples: ["hop3 plugins remove hop3-perl"],
      args: [
        {
          name: "name",
          summary: "Name of the package or of the plug-in",
          kind: "text",
          required: true,
        },
      ],
      load: async () => (await import("./commands/plugins.ts")).pluginsRemove,
    },
  ],
};
