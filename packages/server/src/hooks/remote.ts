import type { GitProgram } from "../git/git-program.ts";
import { readAll } from "../git/git-program.ts";
import { addressUnfit, fetchFailed } from "./hook-errors.ts";
import { findOutside, parseOutsideUrl } from "./outside-address.ts";

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** A repository of another server. */
export interface Remote {
  readonly url: string;
  readonly credential: Credential | undefined;
}

export interface RemoteParts {
  readonly git: GitProgram;
  readonly internalHosts: readonly string[];
  readonly signal: AbortSignal;
}

const timeoutMs = 600_000;
const authorization = "HOP3_GIT_AUTHORIZATION";

/** The address of a repository, and whether it can be asked at all; a password never goes over the net in the clear. */
export function parseRemote({ url, credential }: Remote, internalHosts: readonly string[]): URL {
  const parsed = parseOutsideUrl(url);
  const isClear = parsed.protocol === "http:" && !internalHosts.includes(parsed.hostname);
  if (!isClear || credential === undefined) return parsed;
  throw addressUnfit({ url, reason: "is not https://, and a credential would go there in clear" });
}

/** The commit that a branch points at there; undefined where there is no such branch. */
export async function lookAtBranch(
  parts: RemoteParts,
  remote: Remote,
  branch: string,
): Promise<string | undefined> {
  const text = await ask(parts, remote, { before: ["ls-remote"], after: [`refs/heads/${branch}`] });
  return /^[0-9a-f]{40,64}(?=\t)/.exec(text)?.[0];
}

export interface FetchRequest {
  /** The repository that gets it. */
  readonly dir: string;
  readonly branch: string;
  readonly into: string;
}

/** Brings a branch into a ref of our own; nothing is said about where it may go from there. */
export async function fetchBranch(
  parts: RemoteParts,
  remote: Remote,
  { dir, branch, into }: FetchRequest,
): Promise<void> {
  const before = ["--git-dir", dir, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
  const after = [`+refs/heads/${branch}:${into}`];
  await ask(parts, remote, { before: [...before, "--no-recurse-submodules"], after });
}

async function ask(
  { git, internalHosts, signal }: RemoteParts,
  remote: Remote,
  { before, after }: { before: readonly string[]; after: readonly string[] },
): Promise<string> {
  const url = parseRemote(remote, internalHosts);
  const { address, port } = await findOutside(url, internalHosts);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // What was looked at is what is asked, whatever the name means a moment later.
  const pin = host === address ? [] : [`http.curloptResolve=${host}:${port}:${inUrl(address)}`];
  const options = [
    ...["protocol.allow=never", "protocol.https.allow=always", "protocol.http.allow=always"],
    // No answer leads elsewhere.
    ...["http.followRedirects=false", ...pin],
    ...["http.lowSpeedLimit=1000", "http.lowSpeedTime=60", "http.proxy="],
  ].flatMap((option) => ["-c", option]);
  const secret = remote.credential && authorizationOf(remote.credential);
  const header = secret === undefined ? [] : [`--config-env=http.extraHeader=${authorization}`];
  const program = git.startLimited(
    [...options, ...header, ...before, "--", url.href, ...after],
    secret === undefined ? {} : { [authorization]: secret },
  );
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const stop = (): void => program.stop();
  ended.addEventListener("abort", stop, { once: true });
  try {
    program.stdin.end();
    const [text, said, exitCode] = await Promise.all([
      readAll(program.stdout),
      readAll(program.stderr),
      program.ended,
    ]);
    if (exitCode === 0) return text;
    throw fetchFailed({ repository: url.href, reason: reasonOf(said, ended) });
  } finally {
    ended.removeEventListener("abort", stop);
  }
}

function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function reasonOf(said: string, { aborted }: AbortSignal): string {
  const text = said.trim().slice(0, 2_000);
  if (!aborted) return text === "" ? "git was ended: too large, or out of memory" : text;
  return `it has taken too long, or the server was stopped\n${text}`.trim();
}

function authorizationOf({ username, password }: Credential): string {
  const pair = Buffer.from(`${username}:${password}`).toString("base64");
  return `Authorization: Basic ${pair}`;
}
