import { setTimeout as sleep } from "node:timers/promises";
import type { DeclaredAddon, ReleaseSettings } from "@hop3/core";
import type { AddonRecord } from "../db/addons.ts";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import { lastLog } from "../run/watched-process.ts";
import { inTurn } from "../upload/lock.ts";
import {
  addonProcessId,
  addonRequest,
  addonSpec,
  askConnection,
  giveToApp,
  heeding,
  type KnownAddon,
  makeAddonDirectories,
  readVariables,
} from "./addon-calls.ts";
import { addonNotReady, addonTypeChanged, addonVariableMissing } from "./addon-errors.ts";
import { hiddenVariables, openVariables, sealVariables } from "./addon-variables.ts";
import type { Attempt } from "./attempt.ts";
import type { Platform } from "./platform.ts";

const readySeconds = 30;
const firstPauseMs = 25;
const longestPauseMs = 500;

/** Whatever is done to the addons of one App is done one after the other. */
export function inAddonTurn<T>(app: Pick<App, "id">, work: () => Promise<T>): Promise<T> {
  return inTurn(`addons ${app.id}`, work);
}

/** Makes the addons that a Release declares and that are not there yet; those that are serve it as they are. */
export function provideAddons(attempt: Attempt, release: Release): Promise<void> {
  const { app } = attempt;
  const { addons = [], addonEnv = {} } = release.settings ?? {};
  return inAddonTurn(app, async () => {
    for (const declared of addons) await provideOne(attempt, declared);
    requireVariables(attempt, addonEnv);
    noteHidden(attempt, addons);
    noteLeft(attempt, addons);
  });
}

async function provideOne(attempt: Attempt, declared: DeclaredAddon): Promise<void> {
  const { platform, app } = attempt;
  const { addonStore } = platform;
  const found = addonStore.find(app.id, declared.name);
  if (found !== undefined) requireSame(attempt, found, declared);
  const hosted = platform.addons.get(declared.type);
  if (hosted === undefined) return noteUnprovided(attempt, declared, found);
  if (await isProvided(platform, app, declared)) return;
  const record = found ?? addonStore.create(app.id, declared, platform.now().toISOString());
  const known: KnownAddon = { app, record, hosted };
  const isFirst = record.variables === undefined;
  attempt.note("info", `${isFirst ? "Making" : "Starting"} the addon ${describe(record)}`);
  try {
    await begin(platform, known, attempt.signal);
    const variables = await awaitVariables(platform, known, attempt.signal);
    const names = Object.keys(variables).sort().join(", ");
    attempt.note(
      "info",
      `The addon ${record.name} serves: ${names === "" ? "no variables" : names}`,
    );
  } catch (error) {
    if (isFirst) await platform.supervisor.stop(addonProcessId(app, record));
    throw error;
  }
}

function describe({ name, type, version }: DeclaredAddon): string {
  const kind = version === undefined ? type : `${type} ${version}`;
  return name === kind ? name : `${name} (${kind})`;
}

function requireSame({ app, note }: Attempt, found: AddonRecord, wanted: DeclaredAddon): void {
  const { name } = found;
  if (found.type !== wanted.type) {
    throw addonTypeChanged({ app: app.name, name, found: found.type, wanted: wanted.type });
  }
  if (found.version === wanted.version) return;
  note(
    "warning",
    `The addon ${name} stays what it was made as, ${describe(found)}: another version is for a new one`,
  );
}

/** The Plan of a new Source has said it already. */
function noteUnprovided(
  { kind, note }: Attempt,
  { name, type }: DeclaredAddon,
  found: AddonRecord | undefined,
): void {
  if (kind === "deploy" && found === undefined) return;
  const effect =
    found?.variables === undefined
      ? "no service is started and no variable is set for it"
      : "it is left as it is";
  note("warning", `The addon ${name}: no plug-in of this server provides '${type}'; ${effect}`);
}

/** True where it has served and, if it is a process, the Supervisor looks after it. */
export async function isProvided(
  platform: Platform,
  app: App,
  { name, type }: DeclaredAddon,
): Promise<boolean> {
  const record = platform.addonStore.find(app.id, name);
  if (record?.variables === undefined) return false;
  if (platform.addons.get(type)?.provider.process === undefined) return true;
  const { state } = await platform.supervisor.statusOf(addonProcessId(app, record));
  return state !== "missing";
}

/** True where a deploy would have nothing to do for the addons of these settings. */
export async function areProvided(
  platform: Platform,
  app: App,
  { addons = [] }: Pick<ReleaseSettings, "addons">,
): Promise<boolean> {
  const possible = addons.filter(({ type }) => platform.addons.has(type));
  const found = await Promise.all(possible.map((declared) => isProvided(platform, app, declared)));
  return found.every(Boolean);
}

/** Creates what has never served, and starts its process. */
async function begin(platform: Platform, known: KnownAddon, signal: AbortSignal): Promise<void> {
  const { provider, host } = known.hosted;
  await makeAddonDirectories(platform, known);
  const request = addonRequest(platform, known, signal);
  const isFirst = known.record.variables === undefined;
  if (isFirst) await heeding(signal, async () => provider.create(request, host));
  await startAddon(platform, known, signal);
}

/** Puts its process under the Supervisor, where it has one that does not run. */
export async function startAddon(
  platform: Platform,
  known: KnownAddon,
  signal: AbortSignal,
): Promise<void> {
  await makeAddonDirectories(platform, known);
  const spec = await addonSpec(platform, known, signal);
  await giveToApp(platform, known);
  if (spec !== undefined) await platform.supervisor.start(spec);
}

/** Asks for its variables until it answers, and keeps them. */
export async function awaitVariables(
  platform: Platform,
  known: KnownAddon,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const variables = readVariables(known, await awaitConnection(platform, known, signal));
  sealVariables(platform, known.record, variables);
  return variables;
}

async function awaitConnection(
  platform: Platform,
  known: KnownAddon,
  signal: AbortSignal,
): Promise<unknown> {
  const late = AbortSignal.timeout(readySeconds * 1000);
  const either = AbortSignal.any([signal, late]);
  let last: unknown;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    try {
      return await askConnection(platform, known, either);
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw await notReady(platform, known, last ?? error);
      last = error;
    }
    await sleep(pause, undefined, { signal: either }).catch(() => {});
  }
}

async function notReady(
  platform: Platform,
  { app, record }: KnownAddon,
  last: unknown,
): Promise<Error> {
  const { name, type } = record;
  const serviceDir = platform.home.app(app.name).addonService(name);
  const log = await lastLog({ serviceDir, redact: (text) => text });
  const reason = last instanceof Error ? last.message : String(last);
  return addonNotReady({ name, type, seconds: readySeconds, reason, log });
}

function requireVariables(
  { platform, app }: Attempt,
  wanted: NonNullable<ReleaseSettings["addonEnv"]>,
): void {
  for (const [variable, { from, key }] of Object.entries(wanted)) {
    const record = platform.addonStore.find(app.id, from);
    const values = record && openVariables(platform, record);
    // Without a provider it has none, which the Plan has said.
    if (values === undefined || key in values) continue;
    const known = Object.keys(values).sort();
    throw addonVariableMissing({ variable, addon: from, key, known });
  }
}

function noteHidden({ platform, app, note }: Attempt, addons: readonly DeclaredAddon[]): void {
  for (const { from, key, behind } of hiddenVariables(platform, app, addons)) {
    note(
      "warning",
      `${key} is that of the addon ${behind}; for the one of ${from} write in [env]: NAME = { from = "${from}", key = "${key}" }`,
    );
  }
}

function noteLeft({ platform, app, note }: Attempt, addons: readonly DeclaredAddon[]): void {
  const declared = new Set(addons.map(({ name }) => name));
  for (const { name } of platform.addonStore.ofApp(app.id)) {
    if (declared.has(name)) continue;
    const how = `hop3 addons destroy ${app.name} ${name}`;
    note("info", `The addon ${name} is not declared any more; it is kept with its data (${how})`);
  }
}
