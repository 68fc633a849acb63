import type { NixSection } from "../config/nix-section.ts";
import { encodeShellWord } from "../encode/shell.ts";
import type { Binding, NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { type ConfigTemplate, configTemplate } from "./config-file.ts";
import { type ParseOptions, parseText, type TextScope } from "./parse-text.ts";
import { renderConfigScript } from "./render-config.ts";
import { shellWord } from "./shell.ts";
import { shellCommand } from "./shell-command.ts";
import type { Text } from "./text.ts";

/** What the start of a program consists of; see `[nix]` in docs/reference/templates.md. */
export interface LauncherRequest {
  readonly app: string;
  readonly section: NixSection;
  readonly command: readonly Text[];
  /** The directory to start in. */
  readonly startIn: Text;
  /** Where a text stands, and what it may refer to. */
  scope(path: readonly (string | number)[]): TextScope;
}

/** Variables that the start script computes. */
const exported = ["local-vars", "env-exports", "env-exports-raw"] as const;

/** Keys whose effect is in the start script. */
export const launcherKeys = [
  ...exported,
  "pre-exec",
  "config-files",
  "conditional-env",
  "exec-args",
] as const;

/** True where the program cannot simply be started. */
export function needsLauncher(section: NixSection): boolean {
  const isUsed = (value: object | undefined) =>
    value !== undefined && Object.keys(value).length > 0;
  return (
    exported.some((key) => isUsed(section[key])) ||
    isUsed(section["pre-exec"]) ||
    isUsed(section["config-files"]) ||
    isUsed(section["conditional-env"]) ||
    section["writable-home-env-var"] !== undefined
  );
}

/** The bindings of a start script called `start`, and of what it needs. */
export function launcherBindings(request: LauncherRequest): readonly Binding[] {
  const { app, section } = request;
  const files = (section["config-files"] ?? []).map((entry, index) =>
    configTemplate(entry, request.scope(["nix", "config-files", index, "path"])),
  );
  const script = nix.indented(...scriptText(request, files));
  const start = nix.call(nix.ref("pkgs", "writeShellScript"), nix.string(`${app}-start`), script);
  if (files.length === 0) return [nix.bind("start", start)];
  const render = writeText("render-config.awk", nix.indented(renderConfigScript));
  const comment = "Fills in configuration files at start; values come from the environment.";
  return [
    nix.bind("renderConfig", render, { comment }),
    ...files.map((file, index) =>
      nix.bind(configName(index), writeText(`${app}-config-${index + 1}`, file.text)),
    ),
    nix.bind("start", start),
  ];
}

function writeText(name: string, text: NixExpr): NixExpr {
  return nix.call(nix.ref("pkgs", "writeText"), nix.string(name), text);
}

function configName(index: number): string {
  return `configFile${index + 1}`;
}

function scriptText(
  request: LauncherRequest,
  files: readonly ConfigTemplate[],
): readonly StringPart[] {
  const { section } = request;
  const exports = [
    ...assignments(request, "env-exports", "export "),
    ...assignments(request, "env-exports-raw", "export "),
    ...conditional(request),
  ];
  const locals = assignments(request, "local-vars", "");
  const all = [...locals, ...exports, ...request.command.flatMap(shellWord)];
  const usesSecrets = all.some((part) => typeof part === "string" && /\$\(kept_secret /.test(part));
  return [
    "set -eu\ncd ",
    ...shellWord(request.startIn),
    "\n",
    ...writableHome(request),
    ...(usesSecrets ? [keptSecret] : []),
    ...(files.length > 0 ? writeConfig() : []),
    ...locals,
    ...exports,
    ...configCalls(section, files),
    ...preExec(request),
    "exec",
    ...request.command.flatMap((word) => [" ", ...shellWord(word)]),
    "\n",
  ];
}

function writableHome({ section }: LauncherRequest): readonly StringPart[] {
  const name = section["writable-home-env-var"];
  return name === undefined ? [] : [`${name}="$PWD"\nexport ${name}\n`];
}

const keptSecret = `
# A value made once and kept: another one at each start would lock users out.
kept_secret() {
  file=.hop3-secrets/$secret_name
  if [ ! -s "$file" ]; then
    mkdir -p .hop3-secrets
    (umask 077 && head -c "$1" /dev/urandom | base64 | tr -d '\\n' >"$file.$$" && mv "$file.$$" "$file")
  fi
  cat "$file"
}
`;

function writeConfig(): readonly StringPart[] {
  return [
    `
write_config() { # FILE SOURCE ESCAPE: beside its place first, so that nobody reads half a file
  mkdir -p "$(dirname "$1")"
  (umask 077 && `,
    nix.ref("pkgs", "busybox"),
    `/bin/awk -v target="$1" -v format="$3" -f `,
    nix.ref("renderConfig"),
    ` "$2" >"$1.$$") || { rm -f "$1.$$"; exit 1; }
  mv -f "$1.$$" "$1"
}
`,
  ];
}

function assignments(
  request: LauncherRequest,
  key: (typeof exported)[number],
  prefix: string,
): readonly StringPart[] {
  return Object.entries(request.section[key] ?? {}).flatMap(([name, value]) => {
    const scope = request.scope(["nix", key, name]);
    return assignment({ name, prefix, text: parseText(value, scope, { hasBareVariables: true }) });
  });
}

function assignment(line: { name: string; prefix: string; text: Text }): readonly StringPart[] {
  const { name, prefix, text } = line;
  const isSecret = hasSecret(text);
  const before = isSecret ? `secret_name=${name}\n` : "";
  // Apart from the assignment, `export` would hide that a required variable is missing.
  const after = prefix === "" ? "" : `\nexport ${name}`;
  return [`${before}${name}=`, ...shellWord(text), `${after}\n`];
}

function hasSecret(text: Text): boolean {
  return text.some((part) => {
    if (typeof part === "string") return false;
    if (part.kind === "secret") return true;
    return part.kind === "variable" && part.fallback !== undefined && hasSecret(part.fallback.text);
  });
}

function conditional(request: LauncherRequest): readonly StringPart[] {
  return (request.section["conditional-env"] ?? []).flatMap(({ when, env }, index) => {
    const lines = Object.entries(env).flatMap(([name, value]) => {
      const scope = request.scope(["nix", "conditional-env", index]);
      const text = parseText(value, scope, { hasBareVariables: true });
      return ["  ", ...assignment({ name, prefix: "export ", text })];
    });
    return [`if [ -n "\${${when}-}" ]; then\n`, ...lines, "fi\n"];
  });
}

/** Local variables reach the files, and nothing but them: hence the subshell. */
function configCalls(section: NixSection, files: readonly ConfigTemplate[]): readonly StringPart[] {
  const locals = Object.keys(section["local-vars"] ?? {});
  return files.flatMap((file, index) => {
    const target = encodeShellWord(file.path);
    const exports = locals.length === 0 ? "" : `export ${locals.join(" ")} && `;
    const guard = file.createIfMissing ? `[ -e ${target} ] || ` : "";
    const source = nix.ref(configName(index));
    return [`${guard}(${exports}write_config ${target} `, source, ` ${file.escaping})\n`];
  });
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

/** Words of `exec-args`, in which recipes write the shell's quotes. */
export const argumentOptions: ParseOptions = { hasShellQuotes: true, hasBareVariables: true };
