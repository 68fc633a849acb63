import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VariableName } from "@hop3/core";
import {
  type AddonRequest,
  type HostedAddon,
  type ProcessSpec,
  pluginFailed,
} from "@hop3/core/plugin";
import { z } from "zod";
import type { AddonRecord } from "../db/addons.ts";
import type { App } from "../db/apps.ts";
import { run } from "../proc/run.ts";
import type { Platform } from "./platform.ts";
import { appUser } from "./process-spec.ts";
import { requireUsableValue } from "./stored-config.ts";

/** One addon of an App, and what provides it. */
export interface KnownAddon {
  readonly app: App;
  readonly record: AddonRecord;
  readonly hosted: HostedAddon;
}

const stopTimeoutMs = 30_000;

const AddonProcess = z.object({
  argv: z.tuple([z.string().min(1)], z.string()),
  env: z.record(VariableName, z.string()).optional(),
  stopSignal: z
    .string()
    .regex(/^[A-Z0-9+]+$/)
    .optional(),
});
const Variables = z.record(VariableName, z.string());

export function addonProcessId(
  app: Pick<App, "name">,
  { name }: Pick<AddonRecord, "name">,
): string {
  return `addon.${app.name}.${name}`;
}

export function addonDataDir(
  { home }: Pick<Platform, "home">,
  app: Pick<App, "name">,
  { name }: Pick<AddonRecord, "name">,
): string {
  return join(home.addons, app.name, name);
}

/** The addon as its provider is told of it. */
export function addonRequest(
  platform: Pick<Platform, "home">,
  { app, record }: Pick<KnownAddon, "app" | "record">,
  signal: AbortSignal,
): AddonRequest {
  return {
    app: app.name,
    name: record.name,
    version: record.version,
    dataDir: addonDataDir(platform, app, record),
    runtimeDir: platform.home.addonRuntimeDir(record.id),
    signal,
  };
}

/** The work, or the reason of the signal as soon as it is given: a plug-in may not listen to it. */
export async function heeding<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Its directories, and nobody else's. Those that are there stay as they are. */
export async function makeAddonDirectories(
  platform: Platform,
  { app, record }: Pick<KnownAddon, "app" | "record">,
): Promise<void> {
  const data = addonDataDir(platform, app, record);
  const runtime = platform.home.addonRuntimeDir(record.id);
  // Programs with the rights of Apps pass through the directories above.
  for (const dir of [platform.home.addons, dirname(data), dirname(runtime)]) {
    await mkdir(dir, { recursive: true, mode: 0o711 });
  }
  for (const dir of [data, runtime]) await mkdir(dir, { recursive: true, mode: 0o700 });
}

/** Everything in its directories becomes the App's, whose rights its process has. No link in them is followed. */
export async function giveToApp(
  platform: Platform,
  { app, record }: Pick<KnownAddon, "app" | "record">,
): Promise<void> {
  const user = appUser(platform, app);
  if (user === undefined) return;
  const dirs = [addonDataDir(platform, app, record), platform.home.addonRuntimeDir(record.id)];
  const owner = `${user.uid}:${user.gid}`;
  const { exitCode, stderr } = await run({
    argv: ["/usr/bin/chown", "--recursive", "--no-dereference", "-P", owner, "--", ...dirs],
  });
  if (exitCode !== 0) throw new Error(`the addon ${record.name} cannot be given away: ${stderr}`);
}

/** What has to run for it, undefined for a service that runs elsewhere. */
export async function addonSpec(
  platform: Platform,
  known: KnownAddon,
  signal: AbortSignal,
): Promise<ProcessSpec | undefined> {
  const { app, record, hosted } = known;
  const { provider, host } = hosted;
  if (provider.process === undefined) return undefined;
  const request = addonRequest(platform, known, signal);
  const answer = await heeding(signal, async () => provider.process?.(request, host));
  const parsed = AddonProcess.safeParse(answer);
  if (!parsed.success) throw badAnswer(known, "process", z.prettifyError(parsed.error));
  const { argv, env = {}, stopSignal = "TERM" } = parsed.data;
  return {
    id: addonProcessId(app, record),
    serviceDir: platform.home.app(app.name).addonService(record.name),
    argv: [...argv],
    env: { LANG: "C.UTF-8", HOME: request.dataDir, ...env },
    workingDir: request.dataDir,
    user: appUser(platform, app),
    stopSignal,
    stopTimeoutMs,
    restart: true,
  };
}

/** What its provider says of the connection; fails while nothing answers yet. */
export function askConnection(
  platform: Platform,
  known: KnownAddon,
  signal: AbortSignal,
): Promise<unknown> {
  const { provider, host } = known.hosted;
  const request = addonRequest(platform, known, signal);
  return heeding(signal, async () => provider.connection(request, host));
}

/** The variables of an answer that Processes can have. */
export function readVariables(
  known: KnownAddon,
  answer: unknown,
): Readonly<Record<string, string>> {
  const parsed = Variables.safeParse(answer);
  if (!parsed.success) throw badAnswer(known, "connection", z.prettifyError(parsed.error));
  for (const [key, value] of Object.entries(parsed.data)) requireUsableValue(key, value);
  return parsed.data;
}

function badAnswer({ hosted, record }: KnownAddon, hook: string, problem: string): Error {
  const part = `addon '${record.type}'`;
  // Not the value: it may be a secret.
  const reason = `its answer cannot be used: ${problem.replaceAll("\n", " ")}`;
  return pluginFailed({ plugin: hosted.plugin, part, hook, reason });
}
