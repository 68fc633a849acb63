import type { AppName, BranchOrigin, GitInfo } from "@hop3/core";
import { isBranchName } from "@hop3/core/base";
import { chooseApp } from "../app.ts";
import { type Block, fields, line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Endpoint } from "../connection.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { findAuthority } from "../git-authority.ts";
import { runGit, tryGit } from "../git-command.ts";
import type { Input } from "../input.ts";

async function askGit(context: Context, app: AppName): Promise<GitInfo> {
  const request = { path: at`/apps/${app}/git`, signal: context.signal };
  return await context.client.json(request, "GitInfo");
}

export async function gitInfo(input: Input, context: Context): Promise<Answer> {
  const info = await askGit(context, await chooseApp(input, context));
  const endpoint = await context.client.endpoint();
  return { json: info, blocks: infoBlocks(info, endpoint) };
}

const origins: Readonly<Record<BranchOrigin, string>> = {
  chosen: ", chosen by hop3 git branch",
  "hop3.toml": ", as hop3.toml says",
  "first-push": ", as the first push brought it",
  default: "",
};

function infoBlocks(info: GitInfo, endpoint: Endpoint): Block[] {
  const blocks: Block[] = [
    fields([
      ["app", info.exists ? info.app : `${info.app} (made by the first push)`],
      ["deploys", `the branch ${info.branch}${origins[info.branchFrom]}`],
      ["deployed", info.commit ?? "nothing yet"],
      ["over HTTP", httpAddress(info, endpoint)],
      ["over SSH", sshAddress(info, endpoint)],
      ["host key", info.ssh?.hostKey],
    ]),
  ];
  blocks.push(line({ text: "Put it into a project: hop3 git setup", tone: "dim" }));
  return blocks;
}

export async function gitBranch(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const branch = readBranch(input);
  if (branch === undefined) {
    const info = await askGit(context, app);
    return { json: { app, branch: info.branch }, blocks: [], raw: `${info.branch}\n` };
  }
  const path = at`/apps/${app}/git`;
  const request = { method: "PATCH", path, body: { branch }, signal: context.signal } as const;
  const info = await context.client.json(request, "GitInfo");
  const said = `From the next push on ${app} is deployed from ${info.branch}.`;
  return { json: { app, branch: info.branch }, blocks: [line(said)] };
}

/** null: back to what hop3.toml or the first push says; undefined: nothing shall change. */
function readBranch(input: Input): string | null | undefined {
  const [branch] = input.args;
  if (branch !== undefined && !isBranchName(branch)) {
    const hint = "Letters, digits and . _ / - are taken, such as main or release/1.2";
    throw usageError({ message: `'${branch}' is not the name of a branch`, hint });
  }
  if (!input.flag("reset")) return branch;
  if (branch === undefined) return null;
  throw usageError({
    message: "--reset and the name of a branch exclude each other",
    hint: "Give one of them",
  });
}

/** Writes the remote into the project; the credential comes from us whenever git asks, and stands in no file. */
export async function gitSetup(input: Input, context: Context): Promise<Answer> {
  if (input.flag("ssh") && input.flag("https")) {
    throw usageError({ message: "--ssh and --https exclude each other", hint: "Give one of them" });
  }
  const { cwd } = context;
  await runGit(cwd, "rev-parse", "--git-dir");
  const app = await chooseApp(input, context);
  const endpoint = await context.client.endpoint();
  const info = await askGit(context, app);
  const overSsh = input.flag("ssh") || (endpoint.kind === "ssh" && !input.flag("https"));
  const url = overSsh ? sshAddress(info, endpoint) : httpAddress(info, endpoint);
  const remote = readRemote(input.text("remote") ?? "hop3");
  const before = await tryGit(cwd, "remote", "get-url", remote);
  const change = before.exitCode === 0 ? "set-url" : "add";
  await runGit(cwd, "remote", change, remote, url);
  const authority = overSsh ? undefined : await findAuthority(new URL(url), context);
  if (!overSsh) {
    await setHelper(context, url);
    await setAuthority(context, url, authority);
  }
  const blocks = setupBlocks({ info, remote, url, overSsh, authority });
  return { json: { app, remote, url }, blocks };
}

function readRemote(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/.test(name)) return name;
  throw usageError({
    message: `'${name}' is no name for a remote`,
    hint: "Use letters and digits, for example hop3",
  });
}

function setupBlocks(made: {
  info: GitInfo;
  remote: string;
  url: string;
  overSsh: boolean;
  authority: string | undefined;
}): Block[] {
  const { info, remote, url, overSsh, authority } = made;
  const how = overSsh
    ? "Your SSH key opens it; add one with: hop3 keys add ~/.ssh/id_ed25519.pub"
    : "git asks hop3 for the token when it needs it; none is stored in the project.";
  const hostKey = overSsh ? info.ssh?.hostKey : undefined;
  const notes = [
    ...(authority === undefined ? [] : [`git checks its certificate with ${authority}.`]),
    ...(hostKey === undefined ? [] : [`ssh asks once whether its key is right: ${hostKey}`]),
  ];
  return [
    line(`The remote `, { text: remote, tone: "bold" }, ` is ${url}`),
    line({ text: how, tone: "dim" }),
    ...notes.map((text) => line({ text, tone: "dim" })),
    line(`Deploy with: git push ${remote} ${info.branch}`),
  ];
}

/** The address that this command line itself uses, where it uses one: it is known to work from here. */
function httpAddress(info: GitInfo, endpoint: Endpoint): string {
  if (endpoint.kind !== "remote") return info.url;
  return `${endpoint.server.href.replace(/\/+$/, "")}/git/${info.app}.git`;
}

function sshAddress(info: GitInfo, endpoint: Endpoint): string {
  const { host, user, port } = sshPlace(info, endpoint);
  const at = user === undefined ? "" : `${user}@`;
  return `ssh://${at}${host}${port === undefined ? "" : `:${port}`}/${info.app}.git`;
}

function sshPlace(info: GitInfo, endpoint: Endpoint) {
  if (endpoint.kind === "ssh") {
    const { host, user, port } = endpoint.ssh;
    if (info.ssh === undefined) return { host, port, user: info.sshd.user ?? user };
    return { host, user: "git", port: info.ssh.port };
  }
  const { hostname: host } = endpoint.kind === "remote" ? endpoint.server : new URL(info.url);
  if (info.ssh !== undefined) return { host, user: "git", port: info.ssh.port };
  return { host, user: info.sshd.user ?? "root", port: undefined };
}

/** For this server alone; the empty one before it keeps other helpers from storing the token. */
async function setHelper({ cwd, home }: Context, url: string): Promise<void> {
  const { encodeShellCommand } = await import("@hop3/core");
  const [script = ""] = process.argv.slice(1);
  const own = [process.execPath, ...process.execArgv, script, "git", "credential"];
  const key = `credential.${new URL(url).origin}.helper`;
  await tryGit(cwd, "config", "--unset-all", key);
  await runGit(cwd, "config", "--add", key, "");
  await runGit(cwd, "config", "--add", key, `!${encodeShellCommand([...own, "--home", home])}`);
}

/** For this server alone; an older one goes where it is not needed any more. */
async function setAuthority(
  { cwd }: Context,
  url: string,
  file: string | undefined,
): Promise<void> {
  const key = `http.${new URL(url).origin}/.sslCAInfo`;
  await tryGit(cwd, "config", "--unset-all", key);
  if (file !== undefined) await runGit(cwd, "config", "--add", key, file);
}
