import { encodeShellWord } from "../encode/shell.ts";
import type { NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import type { ConfigTemplate } from "./config-file.ts";
import type { LauncherRequest } from "./launcher-request.ts";

/** Name of the binding of a configuration file. */
export function configName(index: number): string {
  return `configFile${index + 1}`;
}

export function writeConfig(): readonly StringPart[] {
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

/** Local variables reach the files, and nothing but them: hence the subshell. */
export function configCalls(
  request: LauncherRequest,
  files: readonly ConfigTemplate[],
): readonly StringPart[] {
  const { section } = request;
  const locals = Object.keys(section["local-vars"] ?? {});
  const own = processVariables(section);
  const comment = "# With the port in it: that of web, whoever else reads the file.\n";
  return files.flatMap((file, index) => {
    const target = encodeShellWord(file.path);
    const exports = locals.length === 0 ? "" : `export ${locals.join(" ")} && `;
    const source = nix.ref(configName(index));
    const isOwn = variablesIn(literals(file.text)).some((name) => own.has(name));
    const guard = guardOf(file, isOwn, target);
    const why = isOwn && !file.createIfMissing ? comment : "";
    return [`${why}${guard}(${exports}write_config ${target} `, source, ` ${file.escaping})\n`];
  });
}

/** The data directory is shared: what holds a process's own port may come from one worker alone. */
function guardOf({ createIfMissing }: ConfigTemplate, isOwn: boolean, target: string): string {
  if (createIfMissing) return `[ -e ${target} ] || `;
  return isOwn ? `{ [ "\${HOP3_ROLE:-web}" != web ] && [ -e ${target} ]; } || ` : "";
}

/** Variables whose values differ from one process of a Release to the next. */
function processVariables(section: LauncherRequest["section"]): ReadonlySet<string> {
  const own = new Set(["PORT", "HOP3_SOCKET", "HOP3_ROLE"]);
  const tables = [section["local-vars"], section["env-exports"], section["env-exports-raw"]];
  for (const [name, value] of tables.flatMap((table) => Object.entries(table ?? {}))) {
    if (variablesIn(value).some((used) => own.has(used))) own.add(name);
  }
  return own;
}

function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{?([A-Z_][A-Z0-9_]*)/g)].map((match) => match[1] ?? "");
}

function literals(text: NixExpr): string {
  if (text.kind !== "indented") return "";
  return text.parts.filter((part) => typeof part === "string").join(" ");
}
