import type { NixSection } from "../config/nix-section.ts";
import type { Generated } from "../config/values.ts";
import type { StringPart } from "../nix/ast.ts";
import type { LauncherRequest } from "./launcher-request.ts";
import { parseText } from "./parse-text.ts";
import { shellWord } from "./shell.ts";
import { type Text, type TextPart, variable } from "./text.ts";

/** Tables of variables that the start script computes. */
const tables = ["local-vars", "env-exports", "env-exports-raw"] as const;

export function assignments(
  request: LauncherRequest,
  key: (typeof tables)[number],
  prefix: string,
): readonly StringPart[] {
  return Object.entries(request.section[key] ?? {}).flatMap(([name, value]) => {
    const scope = request.scope(["nix", key, name]);
    const text = parseText(value, scope, { hasBareVariables: true });
    return assignment({ name, prefix, text: withStored(text, storedName(name, value)) });
  });
}

export function conditionalEnv(request: LauncherRequest): readonly StringPart[] {
  return (request.section["conditional-env"] ?? []).flatMap(({ when, env }, index) => {
    const lines = Object.entries(env).flatMap(([name, value]) => {
      const scope = request.scope(["nix", "conditional-env", index]);
      const text = parseText(value, scope, { hasBareVariables: true });
      const stored = withStored(text, storedName(name, value));
      return assignment({ name, prefix: "export ", text: stored });
    });
    return [`if [ -n "\${${when}-}" ]; then\n`, ...lines, "fi\n"];
  });
}

function assignment(line: { name: string; prefix: string; text: Text }): readonly StringPart[] {
  const { name, prefix, text } = line;
  const before = hasSecret(text) ? `secret_name=${name}\n` : "";
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

const command = "\\$\\(head -c (\\d+) /dev/urandom \\| base64\\)";

/** The variable whose stored value stands for a command that makes a value up. */
function storedName(name: string, value: string): string {
  const isWhole = new RegExp(`^(?:${command}|\\$\\{${name}:?-${command}\\})$`).test(value);
  return isWhole ? name : `HOP3_SECRET_${name}`;
}

/** The stored value goes first; without the platform, the one in the data directory holds. */
function withStored(text: Text, stored: string): Text {
  return text.map((part): TextPart => {
    if (typeof part === "string") return part;
    if (part.kind === "secret") return variable(stored, { kind: "default", text: [part] });
    if (part.kind !== "variable" || part.fallback === undefined) return part;
    if (part.name === stored) return part;
    return {
      ...part,
      fallback: { ...part.fallback, text: withStored(part.fallback.text, stored) },
    };
  });
}

/**
 * Values that a recipe makes up with `$(head -c N /dev/urandom | base64)`: the server makes them once
 * and keeps them among the app's stored configuration, encrypted.
 */
export function recipeSecrets(section: NixSection): Readonly<Record<string, Generated>> {
  const values = [
    ...tables.flatMap((key) => Object.entries(section[key] ?? {})),
    ...(section["conditional-env"] ?? []).flatMap(({ env }) => Object.entries(env)),
  ];
  return Object.fromEntries(
    values.flatMap(([name, value]) => {
      const bytes = new RegExp(command).exec(value)?.[1];
      if (bytes === undefined) return [];
      return [[storedName(name, value), { generate: "base64", length: Number(bytes) } as const]];
    }),
  );
}

export function usesSecrets(parts: readonly StringPart[]): boolean {
  return parts.some((part) => typeof part === "string" && /\$\(kept_secret /.test(part));
}

export const keptSecret = `
# Where no stored value is given: one is made and kept. Another one at each start would lock users out.
kept_secret() {
  file=.hop3-secrets/$secret_name
  if [ ! -s "$file" ]; then
    mkdir -p .hop3-secrets
    (umask 077 && head -c "$1" /dev/urandom | base64 | tr -d '\\n' >"$file.$$" && mv "$file.$$" "$file")
  fi
  cat "$file"
}
`;
