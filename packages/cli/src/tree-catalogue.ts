import type { CommandSpec } from "./command.ts";
import { detachOption } from "./tree-options.ts";

const recipeArgument = {
  name: "recipe",
  summary: "Name of the recipe",
  kind: "text",
  required: true,
} as const;

export const catalogueTree: CommandSpec = {
  name: "catalogue",
  summary: "Apps that are ready to be installed",
  defaultChild: "list",
  children: [
    {
      name: "list",
      summary: "List the recipes, and which of them run on this server",
      examples: ["hop3 catalogue", "hop3 catalogue list wiki", "hop3 catalogue list --all"],
      args: [
        {
          name: "words",
          summary: "Only those that have all these words",
          kind: "text",
          many: true,
        },
      ],
      options: [
        {
          name: "category",
          summary: "Only those of this category",
          value: { name: "name", kind: "text" },
        },
        { name: "all", summary: "Those too whose packages this server does not have" },
      ],
      load: async () => (await import("./commands/catalogue.ts")).catalogueList,
    },
    {
      name: "show",
      summary: "Show a recipe and what it asks",
      examples: ["hop3 catalogue show webdav"],
      args: [recipeArgument],
      load: async () => (await import("./commands/catalogue.ts")).catalogueShow,
    },
    {
      name: "install",
      summary: "Make an app from a recipe",
      notes: [
        "Asks on a terminal for what is not given; without one, defaults count and what is required has to be given. A password that is given nowhere is made by the server. An app that was made from the recipe before gets the recipe's newest state.",
      ],
      examples: [
        "hop3 catalogue install webdav",
        'hop3 catalogue install landing-page --app me title="Hello there"',
      ],
      args: [
        recipeArgument,
        { name: "answer", summary: "NAME=VALUE, as many as needed", kind: "text", many: true },
      ],
      options: [
        {
          name: "app",
          summary: "Name of the app; without it, that of the recipe",
          value: { name: "name", kind: "app" },
        },
        { name: "yes", summary: "Do not ask: take the defaults" },
        detachOption,
      ],
      load: async () => (await import("./commands/catalogue-install.ts")).catalogueInstall,
    },
    {
      name: "installed",
      summary: "List the apps made from recipes, and for which the catalogue has something newer",
      notes: [
        "An app is brought to the newest state by installing its recipe again under its name: hop3 catalogue install RECIPE --app APP. What is stored is not asked again, data stays, and hop3 rollback leads back.",
      ],
      load: async () => (await import("./commands/catalogue.ts")).catalogueInstalled,
    },
    {
      name: "update",
      summary: "Take over the newest catalogue of the address in server.toml",
      load: async () => (await import("./commands/catalogue.ts")).catalogueUpdate,
    },
    {
      name: "index",
      summary: "Write the index of a catalogue of your own, and sign it",
      notes: [
        "Each directory below is a recipe. The serial rises where anything has changed. A key whose file is not there is made. Without --check the marks of what runs where stay as they are, and new recipes have none.",
      ],
      examples: [
        "hop3 catalogue index recipes --name ours --key ~/catalogue.pem --expires 90d",
        "hop3 catalogue index recipes --check",
      ],
      args: [{ name: "directory", summary: "Where the recipes are", kind: "directory" }],
      options: [
        {
          name: "name",
          summary: "Whose catalogue it is; serials of one name are compared",
          value: { name: "name", kind: "text" },
        },
        {
          name: "key",
          summary: "File of the private key that signs",
          value: { name: "file", kind: "file" },
        },
        {
          name: "next-key",
          summary: "Sign with this key as well: the one that is going to take its place",
          value: { name: "file", kind: "file" },
        },
        {
          name: "expires",
          summary: "How long servers may take it over, for example 90d",
          value: { name: "time", kind: "text" },
        },
        {
          name: "check",
          summary: "Let the server evaluate each recipe: what of it its package set has",
        },
      ],
      load: async () => (await import("./commands/catalogue-index.ts")).catalogueIndex,
    },
  ],
};
