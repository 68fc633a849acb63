import type { NixSection } from "../config/nix-section.ts";
import type { Binding, NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { assignments, conditionalEnv, keptSecret, usesSecrets } from "./assignments.ts";
import { type ConfigTemplate, configTemplate } from "./config-file.ts";
import { configCalls, configName, writeConfig } from "./config-files.ts";
import type { LauncherRequest } from "./launcher-request.ts";
import type { ParseOptions } from "./parse-text.ts";
import { renderConfigScript } from "./render-config.ts";
import { shellWord } from "./shell.ts";
import { shellCommand } from "./shell-command.ts";

/** Keys whose effect is in the start script. */
const launcherKeys = [
  "local-vars",
  "env-exports",
  "env-exports-raw",
  "conditional-env",
  "config-files",
  "pre-exec",
  "writable-home-env-var",
] as const;

/** Keys of the start script that say something. */
export function usedLauncherKeys(section: NixSection): readonly string[] {
  return launcherKeys.filter((key) => {
    const value = section[key];
    if (value === undefined || typeof value === "string") return value !== undefined;
    return Object.keys(value).length > 0;
  });
}

/** The bindings of a start script called `start`, and of what it needs. */
export function launcherBindings(request: LauncherRequest): readonly Binding[] {
  const { app, section } = request;
  const entries = section["config-files"] ?? [];
  const files = entries.map((entry, index) =>
    configTemplate(entry, request.scope(["nix", "config-files", index, "path"])),
  );
  const script = nix.indented(...scriptText(request, files));
  const start = nix.call(nix.ref("pkgs", "writeShellScript"), nix.string(`${app}-start`), script);
  const keys = usedLauncherKeys(section).filter((key) => key !== "config-files");
  const source = keys.length === 0 ? "" : ` From [nix] ${keys.join(", ")}.`;
  const startBinding = nix.bind("start", start, {
    comment: `Starts every worker: the command it is given, or web's own.${source}`,
  });
  if (files.length === 0) return [startBinding];
  const render = writeText("render-config.awk", nix.indented(renderConfigScript));
  const comment = "Fills in configuration files at start; values come from the environment.";
  return [
    nix.bind("renderConfig", render, { comment }),
    ...files.map((file, index) =>
      nix.bind(configName(index), writeText(`${app}-config-${index + 1}`, file.text), {
        comment: `[[nix.config-files]] ${oneLine(file.path)}`,
      }),
    ),
    startBinding,
  ];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

function writeText(name: string, text: NixExpr): NixExpr {
  return nix.call(nix.ref("pkgs", "writeText"), nix.string(name), text);
}

function scriptText(
  request: LauncherRequest,
  files: readonly ConfigTemplate[],
): readonly StringPart[] {
  const locals = assignments(request, "local-vars", "");
  const exports = [
    ...assignments(request, "env-exports", "export "),
    ...assignments(request, "env-exports-raw", "export "),
    ...conditionalEnv(request),
  ];
  const own = request.command.flatMap((word) => [" ", ...shellWord(word)]);
  const config = configCalls(request, files);
  const variables = [...locals, ...exports];
  return [
    "set -eu\n",
    ...(request.othersStayThere ? ['there="$PWD"\n'] : []),
    "cd ",
    ...shellWord(request.startIn),
    "\n",
    ...writableHome(request),
    ...(usesSecrets([...variables, ...own]) ? [keptSecret] : []),
    ...(files.length > 0 ? writeConfig() : []),
    ...withoutPort([...variables, ...config, ...files.flatMap(({ text }) => partsOf(text))]),
    ...variables,
    ...prepare(config, preExec(request)),
    ...finish(request, own),
  ];
}

function partsOf(text: NixExpr): readonly StringPart[] {
  return text.kind === "indented" ? text.parts : [];
}

function writableHome({ section }: LauncherRequest): readonly StringPart[] {
  const name = section["writable-home-env-var"];
  return name === undefined ? [] : [`${name}="$PWD"\nexport ${name}\n`];
}

/** Release steps and `hop3 run` serve nothing: texts that mention a port have one all the same. */
function withoutPort(parts: readonly StringPart[]): readonly StringPart[] {
  const mentioned = ["PORT", "HOP3_SOCKET"].filter((name) =>
    parts.some(
      (part) => typeof part === "string" && new RegExp(`\\$\\{?${name}(?![A-Z0-9_])`).test(part),
    ),
  );
  if (mentioned.length === 0) return [];
  const lines = mentioned.map(
    (name) => `    ${name}="\${${name}:-${name === "PORT" ? "0" : ""}}"\n    export ${name}\n`,
  );
  return [
    `# Nothing is served by these: there is no port.\ncase "\${HOP3_ROLE:-}" in\n  release | run)\n`,
    ...lines,
    "    ;;\nesac\n",
  ];
}

/** Workers start together, so what prepares the data directory is done by one at a time. */
function prepare(
  config: readonly StringPart[],
  commands: readonly StringPart[],
): readonly StringPart[] {
  if (config.length + commands.length === 0) return [];
  const flock: readonly StringPart[] = [nix.ref("pkgs", "util-linux"), "/bin/flock"];
  return [
    `if [ "\${HOP3_ROLE:-}" != run ]; then\n# One process at a time: workers start together.\nexec 9>.hop3-start\n`,
    ...flock,
    " 9\n",
    ...config,
    ...commands,
    ...flock,
    " -u 9\nexec 9>&-\nfi\n",
  ];
}

function preExec(request: LauncherRequest): readonly StringPart[] {
  const commands = request.section["pre-exec"] ?? [];
  if (commands.length === 0) return [];
  const lines = commands.flatMap((command, index) => [
    ...shellCommand(command, request.scope(["nix", "pre-exec", index])),
    "\n",
  ]);
  return ["set +u\n", ...lines];
}

/** The command that the script is given, else the template's. */
function finish(
  { othersStayThere, command }: LauncherRequest,
  own: readonly StringPart[],
): readonly StringPart[] {
  const given = othersStayThere ? 'cd "$there"; exec "$@"' : 'exec "$@"';
  if (command.length === 0) return [`${given}\n`];
  const isOwn = "[ $# -eq 0 ] ||";
  return [
    othersStayThere ? `${isOwn} { ${given}; }\n` : `${isOwn} ${given}\n`,
    "exec",
    ...own,
    "\n",
  ];
}

/** Words of `exec-args`, in which recipes write the shell's quotes. */
export const argumentOptions: ParseOptions = { hasShellQuotes: true, hasBareVariables: true };
