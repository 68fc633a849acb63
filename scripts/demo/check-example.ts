import { relative } from "node:path";
import { z } from "zod";
import type { Expectation } from "../expectation.ts";
import type { Example } from "./examples.ts";
import type { Hop3 } from "./hop3.ts";
import { httpAsk } from "./http.ts";
import type { Address } from "./ports.ts";
import { exchange } from "./websocket.ts";

/** What became of one example; without problems it did as it should. */
export interface Outcome {
  readonly name: string;
  readonly url?: string | undefined;
  readonly release?: number | undefined;
  readonly tier?: string | undefined;
  readonly problems: readonly string[];
}

export interface CheckContext {
  readonly hop3: Hop3;
  readonly router: Address;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The parts of `hop3 info --json` that the demo reads. */
const AppInfo = z.object({
  url: z.string(),
  release: z.int().optional(),
  tier: z.string().optional(),
  processes: z.array(z.object({ worker: z.string(), state: z.string() })),
});
type AppInfo = z.infer<typeof AppInfo>;

/** The parts of a failure of `hop3 deploy --json` that the demo reads. */
const Failed = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    place: z.string().optional(),
    detail: z.string().optional(),
  }),
});
type Failure = z.infer<typeof Failed>["error"];

const deployPatienceMs = 600_000;

/** Deploys an example, then asks it for everything its expect.json names. */
export async function deployExample(example: Example, context: CheckContext): Promise<Outcome> {
  const { name, directory, expectation } = example;
  const { hop3, say, signal } = context;
  say(`\nhop3 deploy ${relative(process.cwd(), directory)} --app ${name}`);
  const deployed = await hop3.run(["deploy", directory, "--app", name], {
    onLine: (line) => say(`  ${line}`),
    timeoutMs: deployPatienceMs,
    signal,
  });
  if (deployed.exitCode !== 0) {
    return { name, problems: [`hop3 deploy ended with ${deployed.exitCode}`] };
  }
  const info = AppInfo.safeParse((await hop3.json(["info", name])).value);
  if (!info.success) return { name, problems: ["hop3 info --json is not what it should be"] };
  const problems = [
    ...checkFacts(info.data, expectation),
    ...(await checkRequests(example, context)),
    ...(await checkWebSocket(example, context)),
  ];
  for (const problem of problems) say(`  FAILED ${problem}`);
  if (problems.length === 0) say("  ok     answers as its expect.json says");
  const { url, release, tier } = info.data;
  return { name, url, release, tier, problems };
}

function checkFacts(info: AppInfo, expectation: Expectation): string[] {
  const problems: string[] = [];
  if (expectation.tier !== undefined && info.tier !== expectation.tier) {
    problems.push(`tier is ${info.tier}, not ${expectation.tier}`);
  }
  for (const worker of expectation.workers ?? []) {
    const isUp = info.processes.some(
      (process) => process.worker === worker && process.state === "up",
    );
    if (!isUp) problems.push(`no Process of worker ${worker} is up`);
  }
  return problems;
}

async function checkRequests(example: Example, context: CheckContext): Promise<string[]> {
  const problems: string[] = [];
  for (const wanted of example.expectation.requests ?? []) {
    const host = wanted.host ?? `${example.name}.localhost`;
    try {
      const answer = await httpAsk({ address: context.router, path: wanted.path, host });
      problems.push(...compareAnswer(wanted, answer));
    } catch (error) {
      problems.push(`GET ${wanted.path}: ${String(error)}`);
    }
  }
  return problems;
}

type Wanted = NonNullable<Expectation["requests"]>[number];

function compareAnswer(wanted: Wanted, answer: Awaited<ReturnType<typeof httpAsk>>): string[] {
  const problems: string[] = [];
  if (answer.status !== wanted.status) {
    problems.push(`GET ${wanted.path}: status ${answer.status}, not ${wanted.status}`);
  }
  if (wanted.contains !== undefined && !answer.body.includes(wanted.contains)) {
    problems.push(`GET ${wanted.path}: no "${wanted.contains}" in ${answer.body.slice(0, 200)}`);
  }
  for (const [header, part] of Object.entries(wanted.headerContains ?? {})) {
    const found = String(answer.headers[header.toLowerCase()] ?? "");
    if (!found.includes(part)) problems.push(`GET ${wanted.path}: ${header} is "${found}"`);
  }
  return problems;
}

async function checkWebSocket(example: Example, context: CheckContext): Promise<string[]> {
  const wanted = example.expectation.websocket;
  if (wanted === undefined) return [];
  const { path, send } = wanted;
  try {
    const host = `${example.name}.localhost`;
    const message = await exchange({ router: context.router, host, path, send });
    return message.includes(wanted.expect) ? [] : [`WebSocket ${path}: got "${message}"`];
  } catch (error) {
    return [`WebSocket ${path}: ${String(error)}`];
  }
}

/** Deploys an example that has to be refused, and compares how. */
export async function checkBroken(example: Example, context: CheckContext): Promise<Outcome> {
  const { name, directory, expectation } = example;
  const { hop3, say, signal } = context;
  const options = { timeoutMs: deployPatienceMs, signal };
  const { exitCode, value } = await hop3.json(["deploy", directory, "--app", name], options);
  // Whatever it left behind is not wanted among the demo's apps.
  await hop3.run(["destroy", name, "--yes"]);
  const failed = Failed.safeParse(value);
  const problems =
    exitCode === 0 || !failed.success
      ? [`ended with ${exitCode} and without a failure`]
      : compareFailure(expectation, failed.data.error);
  const [first] = failed.success ? failed.data.error.message.split("\n") : [""];
  const code = failed.success ? failed.data.error.code : "";
  say(`  ${problems.length === 0 ? "ok    " : "FAILED"} ${name}: ${code} ${first}`);
  return { name, problems };
}

function compareFailure(expectation: Expectation, found: Failure): string[] {
  const wanted = expectation.fails;
  if (wanted === undefined) return ["its expect.json does not say how it fails"];
  const problems: string[] = [];
  if (found.code !== wanted.code) problems.push(`code ${found.code}, not ${wanted.code}`);
  if (wanted.messageContains !== undefined && !found.message.includes(wanted.messageContains)) {
    problems.push(`"${wanted.messageContains}" is not in its message: ${found.message}`);
  }
  if (wanted.hintContains !== undefined && found.hint?.includes(wanted.hintContains) !== true) {
    problems.push(`"${wanted.hintContains}" is not in its hint: ${found.hint}`);
  }
  if (wanted.place !== undefined && found.place?.startsWith(wanted.place) !== true) {
    problems.push(`place ${found.place}, not ${wanted.place}`);
  }
  return problems;
}
