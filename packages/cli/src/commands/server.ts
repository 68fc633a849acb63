import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerInfo } from "@hop3/core";
import { ExitCode } from "@hop3/core/base";
import { type Block, fields, line } from "../blocks.ts";
import { at, makeClient } from "../client.ts";
import type { Answer } from "../command.ts";
import { resolveFrom } from "../config-file.ts";
import { type Endpoint, errorCode } from "../connection.ts";
import type { Context } from "../context.ts";
import { describeError, fileUnreadable, serverDidNotStop, serverNotInstalled } from "../errors.ts";
import type { Input } from "../input.ts";
import { formatAge } from "../text.ts";

const stopWaitSeconds = 60;

/** Runs until the signal; the server writes its own log to standard error. */
export async function serverStart(input: Input, context: Context): Promise<Answer> {
  const { startServer } = await loadServer();
  const home = resolveFrom(context, context.home);
  let announced: Promise<void> | undefined;
  await startServer({
    home,
    listen: input.text("listen") ?? "",
    router: input.text("router") ?? "",
    domain: input.text("domain") ?? "",
    signal: context.signal,
    onReady: () => {
      announced = announce(home, context);
    },
    onFirstRun: (link) => context.output.notice(...firstRunBlocks(link)),
    onProgress: (text) => context.output.notice(line({ text, tone: "dim" })),
  });
  await announced;
  context.output.notice(line("The server has stopped."));
  return { json: undefined, blocks: [] };
}

/** What to do where there is nobody yet. The machine itself needs no account. */
function firstRunBlocks(link: string): Block[] {
  return [
    line({
      text: "Nobody has an account yet. Who opens this link becomes the owner:",
      tone: "bold",
    }),
    line(`  ${link}`),
    line({ text: "It works once, for a day. Without a browser: hop3 login 'LINK'", tone: "dim" }),
  ];
}

async function announce(home: string, context: Context): Promise<void> {
  try {
    const request = { path: at`/server`, signal: context.signal };
    // Ours, whatever HOP3_SERVER says.
    const info = await makeClient(home, {}).json(request, "ServerInfo");
    context.output.stream(info, () => [
      line("Hop3 is ready. Ctrl-C stops it; apps keep running."),
      serverFields(info, context),
    ]);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
}

/** Optional, and loaded only here: a CLI without a server is a quarter of the size. */
async function loadServer() {
  try {
    return await import("@hop3/server");
  } catch (cause) {
    if (errorCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    const [because = ""] = String(cause).split("\n");
    throw serverNotInstalled({ because }, { cause });
  }
}

export async function serverStatus(_input: Input, context: Context): Promise<Answer> {
  const info = await fetchServer(context);
  return { json: info, blocks: [serverFields(info, context)] };
}

export async function fetchServer(context: Context): Promise<ServerInfo> {
  return await context.client.json({ path: at`/server`, signal: context.signal }, "ServerInfo");
}

function serverFields(info: ServerInfo, context: Context) {
  return fields([
    ["version", info.version],
    ["started", `${formatAge(info.startedAt, context.now())}, process ${info.pid}`],
    ["home", info.home],
    ["API", `http://${info.listen}/api/v1`],
    ["router", `http://${info.router} (${info.routerName})`],
    ["apps at", `<app>.${info.domain}`],
    ["packages", `${info.packageSet.name} ${info.packageSet.pin}`],
    ["supervisor", info.supervisor],
  ]);
}

export async function serverStop(input: Input, context: Context): Promise<Answer> {
  const all = input.flag("all");
  const asked = await askToStop(all, context);
  if (asked !== undefined) {
    if (asked.kind === "socket") await waitForEnd(asked.pid, context.signal);
  } else if (all) {
    const { stopDataPlane } = await loadServer();
    await stopDataPlane(resolveFrom(context, context.home));
  }
  const wasRunning = asked !== undefined;
  const server = wasRunning ? "The server has stopped" : `No server was running on ${context.home}`;
  const apps = all ? "apps, router and supervisor are stopped too." : "apps were left as they are.";
  return { json: { stopped: wasRunning, all }, blocks: [line(`${server}; ${apps}`)] };
}

/** The server that was asked; undefined where there was none to ask. */
async function askToStop(all: boolean, context: Context): Promise<Endpoint | undefined> {
  try {
    const endpoint = await context.client.endpoint();
    await context.client.none({
      method: "POST",
      path: at`/server/stop`,
      body: { all },
      signal: context.signal,
    });
    return endpoint;
  } catch (error) {
    if (describeError(error).exitCode !== ExitCode.unreachable) throw error;
    if (context.env["HOP3_SERVER"] !== undefined && context.env["HOP3_SERVER"] !== "") throw error;
    return undefined;
  }
}

async function waitForEnd(pid: number, signal: AbortSignal): Promise<void> {
  for (let waited = 0; waited < stopWaitSeconds * 20; waited++) {
    if (!isAlive(pid)) return;
    await sleep(50, undefined, { signal });
  }
  throw serverDidNotStop({ pid, seconds: stopWaitSeconds });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

export async function serverToken(_input: Input, context: Context): Promise<Answer> {
  const file = join(context.home, "token");
  try {
    const token = (await readFile(file, "utf8")).trim();
    return { json: { token }, blocks: [], raw: `${token}\n` };
  } catch (cause) {
    const because =
      errorCode(cause) === "ENOENT"
        ? "there is none; the server writes it when it starts first"
        : (errorCode(cause) ?? String(cause));
    throw fileUnreadable({ file, because }, { cause });
  }
}
