import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AppDetail,
  deploySettings,
  loadConfig,
  parseProcfile,
  printToml,
  type ReleaseDetail,
  RunFrame,
  RuntimeConfig,
} from "@hop3/core";
import { expect } from "vitest";
import { z } from "zod";
import { copyTree } from "./apps.ts";
import type { Answer, TestServer } from "./test-server.ts";

/** A builder that the suite is run over: its name, and what is set apart for it. */
export interface TestedBuilder {
  readonly name: string;
  /** Sections of hop3.toml that make it the one that is chosen. */
  readonly config: string;
  /** False where the paths of the RuntimeConfig are not those of this machine. */
  readonly isOnHost: boolean;
}

export const nixBuilt: TestedBuilder = { name: "nix", config: "", isOnHost: true };
export const locallyBuilt: TestedBuilder = {
  name: "local",
  config: '[build]\nmethod = "local"\n',
  isOnHost: true,
};

/** One example, built by one builder and running. */
export interface Subject {
  readonly server: TestServer;
  readonly app: string;
  readonly builder: TestedBuilder;
  /** Below examples/. */
  readonly example: string;
}

const examplesDir = join(import.meta.dirname, "../../../../examples");

const Expectation = z.object({
  requests: z.array(
    z.object({ path: z.string(), status: z.int(), contains: z.string().default("") }),
  ),
  workers: z.array(z.string()),
});
type Expectation = z.infer<typeof Expectation>;

export async function expectationOf({ example }: Subject): Promise<Expectation> {
  const text = await readFile(join(examplesDir, example, "expect.json"), "utf8");
  return Expectation.parse(JSON.parse(text));
}

/** Of variables of the server's own environment. */
export const hostOnlyValue = "of the host alone";

/** A value that a shell, a file of lines or an env file could spoil. */
export const plainValue = `it's "50 %" of \\ $HOME`;
/** The same, stored by the server. */
export const secretValue = "s3cret\twith `ticks`";

const probeSteps = [
  'echo "$HOP3_ROLE $HOP3_RELEASE" >> "$HOP3_DATA_DIR/steps"',
  'test -s "$HOP3_DATA_DIR/steps"',
];
const probe = [
  // Instances differ in their port; in containers, in the name of their machine.
  "read -r machine < /proc/sys/kernel/hostname",
  `trap 'kill $!; echo "$HOP3_RELEASE $PORT.$machine" >> "$HOP3_DATA_DIR/stopped"; exit 0' USR1`,
  'pwd > "$HOP3_DATA_DIR/cwd.$HOP3_RELEASE.$PORT.$machine"',
  'env -0 > "$HOP3_DATA_DIR/env.$HOP3_RELEASE.$PORT.$machine"',
  // A signal ends `wait` at once. Dozens of probes run side by side: none may be what keeps the machine busy.
  "sleep 100000 &",
  "wait $!",
].join("\n");

/** The example with a second worker, steps and a variable of its own: the same text for every builder. */
async function withProbe(dir: string, { config }: TestedBuilder): Promise<string> {
  const copy = await copyTree(dir);
  const file = join(copy, "hop3.toml");
  const own = await readFile(file, "utf8").catch(() => "");
  const procfile = parseProcfile(await readFile(join(copy, "Procfile"), "utf8").catch(() => ""));
  const { beforeRun = [] } = deploySettings(loadConfig(own).config, procfile);
  const added = printToml({
    // How long something takes on a busy machine is no law.
    healthcheck: { timeout: 60 },
    run: {
      "start-timeout": 300,
      "before-run": [...beforeRun, ...probeSteps],
      workers: {
        probe: { command: probe, instances: 2, "stop-signal": "USR1", "stop-timeout": 5 },
      },
    },
  });
  const variable = printToml({ env: { CONFORMANCE: plainValue } });
  const text = own.includes("[env]\n")
    ? own.replace("[env]\n", () => variable)
    : `${own}\n${variable}`;
  await writeFile(file, `${text}\n${config}`);
  await appendFile(file, added);
  return copy;
}

/** Deploys the example; its answers are what the laws are about. */
export async function deploySubject(subject: Subject, dir: string): Promise<void> {
  const { server, app, builder } = subject;
  const { failure, release } = await server.deployed(app, await withProbe(dir, builder));
  const log = await server.api("GET", `/apps/${app}/releases/${release}/build-log`);
  expect(failure, `${JSON.stringify(failure)}\n${log.text.slice(-8000)}`).toBeUndefined();
  expect(release).toBe(1);
}

/** What each request of expect.json is answered, one after the other: some count. */
export async function answersOf(subject: Subject): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const { path } of (await expectationOf(subject)).requests) {
    answers.push(await subject.server.get(subject.app, path));
  }
  return answers;
}

/** Variables that the example itself sets. */
export async function ownVariables({ example }: Subject): Promise<readonly string[]> {
  const text = await readFile(join(examplesDir, example, "hop3.toml"), "utf8").catch(() => "");
  return ["CONFORMANCE", ...Object.keys(loadConfig(text).config.env ?? {})];
}

export function detailOf({ server, app }: Subject): Promise<AppDetail> {
  return server.json("GET", `/apps/${app}`);
}

export async function runtimeOf(subject: Subject): Promise<RuntimeConfig> {
  const { server, app, builder } = subject;
  const { release } = await detailOf(subject);
  const { artifact } = await server.json<ReleaseDetail>("GET", `/apps/${app}/releases/${release}`);
  expect(artifact?.builder).toBe(builder.name);
  return RuntimeConfig.parse(artifact?.runtime);
}

/** Where this machine has what the app writes into its data directory. */
async function dataDirOf(subject: Subject): Promise<string> {
  const { server, app, builder } = subject;
  if (!builder.isOnHost) return join(server.home, "apps", app, "volumes/data");
  return (await detailOf(subject)).dataDir;
}

/** What the app has written into its data directory; nothing where it has not yet. */
export async function noted(subject: Subject, name: string): Promise<string> {
  return readFile(join(await dataDirOf(subject), name), "utf8").catch(() => "");
}

/** The directories that the probes of this Release have started in. */
export async function directoriesOf(subject: Subject, release: number): Promise<readonly string[]> {
  const dir = await dataDirOf(subject);
  const names = (await readdir(dir)).filter((name) => name.startsWith(`cwd.${release}.`));
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), "utf8")));
  return texts.map((text) => text.trim());
}

/** Whole environment of each instance of the probe that the current Release has started. */
export async function environmentsOf(
  subject: Subject,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const { release } = await detailOf(subject);
  const dataDir = await dataDirOf(subject);
  const written = async (): Promise<readonly string[]> => {
    const names = (await readdir(dataDir)).filter((name) => name.startsWith(`env.${release}.`));
    const texts = await Promise.all(names.map((name) => readFile(join(dataDir, name), "utf8")));
    return texts.filter((text) => text.endsWith("\0"));
  };
  await expect.poll(async () => (await written()).length, { timeout: 60_000 }).toBe(2);
  return (await written()).map((text) => {
    const pairs = text.split("\0").slice(0, -1);
    return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  });
}

/** Before a Release runs again: what its processes have written is not that of the next ones. */
export async function forgetEnvironments(subject: Subject): Promise<void> {
  const dataDir = await dataDirOf(subject);
  for (const name of await readdir(dataDir)) {
    if (name.startsWith("env.")) await rm(join(dataDir, name));
  }
}

/** The command in the environment of the current Release, as `hop3 run` starts it. */
export async function runIn(
  { server, app }: Subject,
  command: readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number | null }> {
  const { text } = await server.api("POST", `/apps/${app}/run`, { command });
  const frames = text
    .trim()
    .split("\n")
    .map((line) => RunFrame.parse(JSON.parse(line)));
  const said = (type: "stdout" | "stderr") =>
    frames
      .map((frame) =>
        frame.type === type ? Buffer.from(frame.data, "base64").toString("utf8") : "",
      )
      .join("");
  const end = frames.find((frame) => frame.type === "end");
  return { stdout: said("stdout"), stderr: said("stderr"), exitCode: end?.exitCode ?? null };
}
