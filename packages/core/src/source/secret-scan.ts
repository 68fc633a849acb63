import { defineError, ExitCode } from "../errors.ts";

/** A place in a Source that looks like a secret. Holds no part of the value. */
export interface SecretFinding {
  readonly path: string;
  readonly line: number;
  /** What it looks like, for example `GitHub token`. */
  readonly kind: string;
}

export const sourceSecret = defineError<{ findings: readonly SecretFinding[] }>({
  code: "SOURCE_SECRET",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ findings }) => {
    const [first, ...rest] = findings;
    if (first === undefined) return "a file looks like a secret";
    const more = rest.length === 0 ? "" : `, and ${rest.length} more`;
    return `${first.path}:${first.line} looks like a secret (${first.kind})${more}; everything in the Source becomes readable in the Nix store`;
  },
  hint: ({ findings }) => {
    const path = findings[0]?.path ?? "FILE";
    return `Take it out and use 'hop3 config set', or add ${path} to .hop3ignore, or allow it in hop3.toml: [build] allow-secrets = [${JSON.stringify(path)}]`;
  },
  place: ({ findings }) => {
    const first = findings[0];
    return first === undefined ? undefined : { file: first.path, line: first.line };
  },
  detail: ({ findings }) => findings.map((one) => `${one.path}:${one.line} ${one.kind}`).join("\n"),
});

interface SecretPattern {
  readonly kind: string;
  readonly pattern: RegExp;
  /** A second look at the whole text, where the pattern alone would be wrong too often. */
  readonly confirm?: (text: string) => boolean;
}

/** An AWS key id alone is no secret; beside a 40 character value called secret it is. */
const awsSecret = /secret[^\n]{0,40}?["'=:\s][A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/i;

/** Keys of Firebase's web configuration are public by design. */
const firebaseWeb = /firebaseapp\.com|authDomain/;

/** Only documented prefixes and formats: a guess by entropy stops more honest deploys than leaks. */
const secretPatterns: readonly SecretPattern[] = [
  {
    kind: "private key",
    // Marker, perhaps headers, then a body: source code that only names the marker is no key.
    pattern:
      /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|["'+,\s]|[A-Za-z-]{1,30}: [^\n\\]{1,200}){1,40}[A-Za-z0-9+/=]{40}/g,
  },
  { kind: "PuTTY private key", pattern: /PuTTY-User-Key-File-[23]: /g },
  {
    kind: "AWS access key",
    pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
    confirm: (text) => awsSecret.test(text),
  },
  { kind: "GitHub token", pattern: /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/g },
  { kind: "GitHub token", pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g },
  { kind: "GitLab token", pattern: /\bgl(?:pat|rt|dt|ptt|cbt)-[A-Za-z0-9_-]{20,64}/g },
  { kind: "Slack token", pattern: /\bxox[abeoprs]-[0-9A-Za-z]{1,14}-[0-9A-Za-z-]{16,200}/g },
  {
    kind: "Slack webhook",
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{20,}/g,
  },
  { kind: "Stripe key", pattern: /\b[sr]k_live_[0-9A-Za-z]{16,120}/g },
  { kind: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  {
    kind: "Google API key",
    pattern: /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/g,
    confirm: (text) => !firebaseWeb.test(text),
  },
  { kind: "Google OAuth secret", pattern: /\bGOCSPX-[A-Za-z0-9_-]{28}/g },
  { kind: "PyPI token", pattern: /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/g },
  { kind: "Docker token", pattern: /\bdckr_pat_[A-Za-z0-9_-]{27}/g },
  { kind: "DigitalOcean token", pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/g },
  { kind: "SendGrid key", pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/g },
  { kind: "Anthropic key", pattern: /\bsk-ant-(?:api|admin)[0-9]{2}-[A-Za-z0-9_-]{60,}/g },
  { kind: "age key", pattern: /\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/g },
];

/** One pass that rules out nearly every file before the patterns are tried one by one. */
const anyPrefix =
  /PRIVATE KEY|PuTTY-User|AKIA|ASIA|gh[pousr]_|github_pat_|gl(?:pat|rt|dt|ptt|cbt)-|xox[abeoprs]-|hooks\.slack|k_live_|npm_|AIza|GOCSPX-|pypi-AgE|dckr_pat_|_v1_|SG\.|sk-ant-|AGE-SECRET/;

/** How much of a file is looked at; secrets stand in small files or near the top. */
export const secretScanLimit = 1024 * 1024;

/** Looks for secrets in one file. Binary text (with a NUL near the start) has none. */
export function scanText(path: string, text: string): SecretFinding[] {
  if (!anyPrefix.test(text) || text.slice(0, 8192).includes("\0")) return [];
  const findings: SecretFinding[] = [];
  for (const { kind, pattern, confirm } of secretPatterns) {
    const match = [...text.matchAll(pattern)].find(([value]) => !isPlaceholder(value));
    if (match === undefined || (confirm !== undefined && !confirm(text))) continue;
    findings.push({ path, line: lineAt(text, match.index), kind });
  }
  return findings.sort((a, b) => a.line - b.line);
}

/** `ghp_xxxxxxxx…` and the keys that manuals print. */
function isPlaceholder(value: string): boolean {
  if (/EXAMPLE/i.test(value)) return true;
  const body = value.slice(-20);
  return new Set(body).size < 6;
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1)) {
    line += 1;
  }
  return line;
}
