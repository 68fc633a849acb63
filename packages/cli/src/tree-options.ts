import type { ArgumentSpec, OptionSpec } from "./command.ts";

export const appArgument: ArgumentSpec = {
  name: "app",
  summary: "The app; without it, that of the current directory",
  kind: "app",
};

export const directoryArgument: ArgumentSpec = {
  name: "dir",
  summary: "Directory of the app; without it, the current one",
  kind: "directory",
};

export const appOption: OptionSpec = {
  name: "app",
  summary: "The app; without it, that of the current directory",
  value: { name: "name", kind: "app" },
};

export const detachOption: OptionSpec = {
  name: "detach",
  summary: "Do not wait: return as soon as the server has accepted it",
};

export const workerOption: OptionSpec = {
  name: "worker",
  summary: "Only this worker",
  value: { name: "name", kind: "text" },
};

/** On every command. */
export const commonOptions: readonly OptionSpec[] = [
  { name: "json", summary: "Print one JSON value (one a line for streams) and nothing else" },
  {
    name: "context",
    summary: "The server to talk to, by its name in hop3 context list",
    value: { name: "name", kind: "text" },
  },
  { name: "verbose", summary: "Show detail: whole build logs, where a failure came from" },
  {
    name: "home",
    summary: "Home of the server; without it HOP3_HOME, else the usual place",
    value: { name: "dir", kind: "directory" },
  },
];
