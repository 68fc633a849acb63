import type { GitProgram } from "../git/git-program.ts";
import { readAll } from "../git/git-program.ts";
import { addressUnfit, fetchFailed } from "./hook-errors.ts";
import { findOutside, parseOutsideUrl } from "./outside-address.ts";
import { isSshAddress, parseSshUrl } from "./ssh-address.ts";
import type { SshLogin, SshPlace } from "./ssh-connection.ts";

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** A repository of another server. */
export interface Remote {
  readonly url: string;
  /** For HTTPS. */
  readonly credential?: Credential | undefined;
  /** For SSH: the App's own key, and that of the host. */
  readonly login?: SshLogin | undefined;
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
  if (isSshAddress(url)) {
    const parsed = parseSshUrl(url);
    if (credential === undefined) return parsed;
    const reason = "is opened by the app's deploy key: it takes no name and password";
    throw addressUnfit({ url: parsed.href, reason });
  }
  const parsed = parseOutsideUrl(url);
  const isClear = parsed.protocol === "http:" && !internalHosts.includes(parsed.hostname);
  if (!isClear || credential === undefined) return parsed;
  throw addressUnfit({ url, reason: "is not https://, and a credential would go there in clear" });
}

/** The key of the host of an address of SSH, as it is shown now; see `readHostKey`. */
export async function lookAtHostKey(
  { internalHosts, signal }: Omit<RemoteParts, "git">,
  url: URL,
  fingerprint: string | undefined,
): Promise<string> {
  const { readHostKey } = await import("./ssh-connection.ts");
  const place = await findOutside(url, internalHosts);
  return await readHostKey({ ...place, signal }, fingerprint);
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

interface Question {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Asks over the protocol of the address, at the address that was looked at. */
async function ask(parts: RemoteParts, remote: Remote, question: Question): Promise<string> {
  const { internalHosts } = parts;
  const place = await findOutside(parseRemote(remote, internalHosts), internalHosts);
  const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(timeoutMs)]);
  const asked = { ...question, place: { ...place, signal }, remote };
  return await (place.url.protocol === "ssh:" ? askOverSsh : askOverHttp)(parts.git, asked);
}

interface Asked extends Question {
  readonly remote: Remote;
  readonly place: SshPlace;
}

async function askOverSsh(git: GitProgram, asked: Asked): Promise<string> {
  const { place, remote } = asked;
  if (remote.login === undefined) throw new Error(`nothing opens ${place.url.href}`);
  const { openSshBridge } = await import("./ssh-bridge.ts");
  const { env, said, close } = await openSshBridge(git, place, remote.login);
  try {
    const options = ["protocol.ssh.allow=always", "protocol.version=2"];
    return await run(git, asked, { options, env, said });
  } finally {
    close();
  }
}

async function askOverHttp(git: GitProgram, asked: Asked): Promise<string> {
  const { url, address, port } = asked.place;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // What was looked at is what is asked, whatever the name means a moment later.
  const pin = host === address ? [] : [`http.curloptResolve=${host}:${port}:${inUrl(address)}`];
  const options = [
    ...["protocol.https.allow=always", "protocol.http.allow=always"],
    // No answer leads elsewhere.
    ...["http.followRedirects=false", ...pin],
    ...["http.lowSpeedLimit=1000", "http.lowSpeedTime=60", "http.proxy="],
  ];
  const { credential } = asked.remote;
  if (credential === undefined) return await run(git, asked, { options, env: {} });
  const env = { [authorization]: authorizationOf(credential) };
  const config = [`--config-env=http.extraHeader=${authorization}`];
  return await run(git, asked, { options, config, env });
}

interface Setting {
  readonly options: readonly string[];
  readonly config?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  said?(): string;
}

async function run(git: GitProgram, asked: Asked, setting: Setting): Promise<string> {
  const { before, after, place } = asked;
  const { config = [], said = () => "" } = setting;
  const options = ["protocol.allow=never", ...setting.options].flatMap((option) => ["-c", option]);
  const args = [...options, ...config, ...before, "--", place.url.href, ...after];
  const program = git.startLimited(args, setting.env);
  const stop = (): void => program.stop();
  place.signal.addEventListener("abort", stop, { once: true });
  try {
    program.stdin.end();
    const [text, complaint, exitCode] = await Promise.all([
      readAll(program.stdout),
      readAll(program.stderr),
      program.ended,
    ]);
    if (exitCode === 0) return text;
    const reason = reasonOf(`${said()}\n${complaint}`, place.signal);
    throw fetchFailed({ repository: place.url.href, reason });
  } finally {
    place.signal.removeEventListener("abort", stop);
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
