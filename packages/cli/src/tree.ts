import { definePlugin } from "@hop3/core/plugin";
import type { CommandSpec } from "./command.ts";
import type { Context } from "./context.ts";
import { accountCommands } from "./tree-accounts.ts";
import { addonsTree } from "./tree-addons.ts";
import { catalogueTree } from "./tree-catalogue.ts";
import { gitTree, keysTree } from "./tree-git.ts";
import {
  configTree,
  domainsTree,
  initCommand,
  nixTree,
  packagesTree,
  serverTree,
} from "./tree-groups.ts";
import { hooksTree } from "./tree-hooks.ts";
import { notifyTree } from "./tree-notify.ts";
import { observeCommands, storeTree } from "./tree-observe.ts";
import {
  appArgument,
  appOption,
  detachOption,
  directoryArgument,
  workerOption,
} from "./tree-options.ts";
import { pluginsTree } from "./tree-plugins.ts";
import { previewsTree } from "./tree-previews.ts";
import { processCommands } from "./tree-processes.ts";
import { canaryTree, releaseTree } from "./tree-release.ts";

const deployGroup = "Deploy:";
const lookGroup = "Look:";
const changeGroup = "Change:";
const platformGroup = "Platform:";

/** Every command of our own, as the plug-in that it is. Order is the order of `hop3 --help`. */
const cliPlugin = definePlugin<Context>({
  name: "hop3-cli",
  commands: [
    {
      name: "deploy",
      summary: "Build a directory, start it, and switch users over",
      group: deployGroup,
      notes: [
        "Sends the directory without what .gitignore and .hop3ignore name, private keys and .env files, then shows every phase until the new Release is live. Ctrl-C stops the showing, not the deployment.",
      ],
      examples: [
        "hop3 deploy",
        "hop3 deploy examples/flask --app hello",
        "hop3 deploy --path apps/web",
      ],
      args: [directoryArgument],
      options: [
        appOption,
        { name: "force", summary: "Make a new Release even where nothing has changed" },
        {
          name: "path",
          summary: "The app is this directory of the repository, all of which is sent",
          value: { name: "directory", kind: "text" },
        },
        detachOption,
        {
          name: "revision",
          summary: "What the source is called where it comes from, for the list of Releases",
          value: { name: "name", kind: "text" },
        },
        { name: "watch", summary: "Show the newest deployment instead, to its end" },
        { name: "cancel", summary: "Cancel the deployment that is under way instead" },
      ],
      load: async () => (await import("./commands/deploy.ts")).deploy,
    },
    {
      name: "plan",
      summary: "Say what a deploy of a directory would do, without a server",
      group: deployGroup,
      examples: ["hop3 plan", "hop3 plan --why", "hop3 plan examples/flask --json"],
      args: [directoryArgument],
      options: [
        {
          name: "why",
          summary: "Show every builder's, template's and toolchain's answer, and what decided",
        },
      ],
      load: async () => (await import("./commands/plan.ts")).plan,
    },
    { ...initCommand, group: deployGroup },
    {
      name: "rollback",
      summary: "Go back to an earlier Release, without a build",
      group: deployGroup,
      examples: ["hop3 rollback", "hop3 rollback 3 --app hello"],
      args: [
        {
          name: "release",
          summary: "Number of the Release; without it, the one before",
          kind: "text",
        },
      ],
      options: [appOption, detachOption],
      load: async () => (await import("./commands/releases.ts")).rollback,
    },
    { ...canaryTree, group: deployGroup },
    { ...catalogueTree, group: deployGroup },
    {
      name: "apps",
      summary: "List the apps",
      group: lookGroup,
      load: async () => (await import("./commands/apps.ts")).apps,
    },
    {
      name: "info",
      summary: "Show one app: address, Release, Processes, variables",
      group: lookGroup,
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/apps.ts")).info,
    },
    {
      name: "url",
      summary: "Print the address of an app",
      group: lookGroup,
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/apps.ts")).url,
    },
    {
      name: "releases",
      summary: "List the Releases of an app, and which of them can be gone back to",
      group: lookGroup,
      args: [appArgument],
      options: [appOption],
      load: async () => (await import("./commands/releases.ts")).releases,
    },
    {
      name: "logs",
      summary: "Print what an app has said",
      group: lookGroup,
      notes: [
        "On a terminal control characters are made harmless; through a pipe, with --json or with --raw the text is what the app wrote.",
      ],
      examples: ["hop3 logs -f", "hop3 logs --worker web -n 20", "hop3 logs --build --release 4"],
      args: [appArgument],
      options: [
        appOption,
        { name: "follow", short: "f", summary: "Go on with what comes, from new Releases too" },
        workerOption,
        { name: "release", summary: "Only this Release", value: { name: "n", kind: "text" } },
        { name: "build", summary: "The build log instead, of the newest Release or of --release" },
        {
          name: "lines",
          short: "n",
          summary: "How many lines of the past",
          value: { name: "count", kind: "text" },
          fallback: "100",
        },
        { name: "raw", summary: "Do not touch the text, not even on a terminal" },
      ],
      load: async () => (await import("./commands/logs.ts")).logs,
    },
    ...observeCommands.map((spec) => ({ ...spec, group: lookGroup })),
    ...processCommands.map((spec) => ({ ...spec, group: changeGroup })),
    {
      name: "run",
      summary: "Run a command in the exact environment of the current Release",
      group: changeGroup,
      notes: [
        "Sends standard input along unless it is a terminal, and ends with the exit code of the command.",
      ],
      examples: ["hop3 run -- python3 manage.py migrate", "hop3 run --app hello -- env"],
      args: [
        {
          name: "command",
          summary: "Command and arguments, best after --",
          kind: "text",
          required: true,
          many: true,
        },
      ],
      options: [appOption],
      passThrough: true,
      load: async () => (await import("./commands/run.ts")).run,
    },
    { ...configTree, group: changeGroup },
    { ...domainsTree, group: changeGroup },
    { ...addonsTree, group: changeGroup },
    {
      name: "destroy",
      summary: "Remove an app with all Releases and, unless told otherwise, its data",
      group: changeGroup,
      args: [appArgument],
      options: [
        appOption,
        { name: "yes", summary: "Do not ask" },
        { name: "keep-data", summary: "Leave the data directory where it is" },
      ],
      load: async () => (await import("./commands/destroy.ts")).destroy,
    },
    {
      name: "doctor",
      summary: "Check the platform and say what to do about what is wrong",
      group: platformGroup,
      load: async () => (await import("./commands/doctor.ts")).doctor,
    },
    { ...nixTree, group: deployGroup },
    { ...releaseTree, group: deployGroup },
    { ...gitTree, group: deployGroup },
    { ...hooksTree, group: deployGroup },
    { ...previewsTree, group: deployGroup },
    { ...notifyTree, group: deployGroup },
    { ...keysTree, group: platformGroup },
    { ...packagesTree, group: platformGroup },
    { ...storeTree, group: platformGroup },
    { ...pluginsTree, group: platformGroup },
    { ...serverTree, group: platformGroup },
    ...accountCommands,
    {
      name: "completion",
      summary: "Print the completion script of a shell",
      group: platformGroup,
      examples: [
        'eval "$(hop3 completion bash)"',
        "hop3 completion fish > ~/.config/fish/completions/hop3.fish",
      ],
      args: [
        {
          name: "shell",
          summary: "bash, zsh or fish",
          kind: ["bash", "zsh", "fish"],
          required: true,
        },
      ],
      load: async () => (await import("./commands/completion.ts")).completion,
    },
    {
      name: "complete-apps",
      summary: "Print the names of the apps, for completion",
      hidden: true,
      load: async () => (await import("./commands/completion.ts")).completeApps,
    },
  ],
});

export const commandTree: CommandSpec = {
  name: "hop3",
  summary: "Deploy apps, see what runs, go back",
  children: cliPlugin.commands ?? [],
};
