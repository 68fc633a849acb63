import { accessSync, constants, existsSync, statSync } from "node:fs";
import type { ConfigResult, DeploymentSummary } from "@hop3/core";
import { expect } from "vitest";
import {
  answersOf,
  detailOf,
  directoriesOf,
  environmentsOf,
  expectationOf,
  forgetEnvironments,
  hostOnlyValue,
  noted,
  ownVariables,
  plainValue,
  runIn,
  runtimeOf,
  type Subject,
  secretValue,
} from "./conformance-subject.ts";

/** What must hold of every Release, whoever built it. */
export interface Law {
  readonly name: string;
  /** Looks at paths of the RuntimeConfig: they have to be those of this machine. */
  readonly isOnHost?: boolean;
  /** Deploys again, so it takes its time. */
  readonly isLifecycle?: boolean;
  check(subject: Subject): Promise<void>;
}

/** A process of the old Release ends when it has drained. */
const patience = { timeout: 60_000 };

/** Variables that a shell makes up for itself. */
const shellVariables = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);

async function ended({ server }: Subject, id: number | undefined): Promise<DeploymentSummary> {
  const deployment = await server.ended(id ?? 0);
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  return deployment;
}

/** It goes on answering; what some say changes from one time to the next. */
async function checkStatuses(subject: Subject): Promise<void> {
  const { requests } = await expectationOf(subject);
  const answers = await answersOf(subject);
  expect(answers.map(({ status }) => status)).toEqual(requests.map(({ status }) => status));
}

/** In this order: the later ones change which Release runs. */
export const laws: readonly Law[] = [
  {
    name: "it answers as its example promises",
    async check(subject) {
      const { requests } = await expectationOf(subject);
      const answers = await answersOf(subject);
      for (const [index, { path, status, contains }] of requests.entries()) {
        expect(answers[index]?.status, `${path}: ${answers[index]?.text}`).toBe(status);
        expect(answers[index]?.text).toContain(contains);
      }
    },
  },
  {
    name: "every worker runs, as often as it shall, and stays",
    async check(subject) {
      const { workers } = await expectationOf(subject);
      const { processes } = await detailOf(subject);
      const names = processes.map(({ worker }) => worker).sort();
      expect(names).toEqual([...workers, "probe", "probe"].sort());
      for (const { state, restarts } of processes) expect([state, restarts]).toEqual(["up", 0]);
    },
  },
  {
    name: "its RuntimeConfig leaves nothing to guess",
    async check(subject) {
      const { workers, before_run } = await runtimeOf(subject);
      for (const [name, { kind }] of Object.entries(workers)) {
        expect(kind, name).toBe(name === "web" ? "web" : "background");
      }
      expect(workers["probe"]).toMatchObject({
        instances: 2,
        stop_signal: "USR1",
        stop_timeout: 5,
      });
      expect(before_run.length).toBeGreaterThanOrEqual(2);
    },
  },
  {
    name: "its paths are there, and nothing of the host's programs is among them",
    isOnHost: true,
    async check(subject) {
      const { path_prepend, working_dir, shell, static_paths } = await runtimeOf(subject);
      const paths = [...path_prepend, working_dir, ...Object.values(static_paths)];
      for (const path of [...paths, shell]) {
        expect(path).toMatch(new RegExp(`^(?:/nix/store/|${subject.server.home}/apps/)`));
      }
      for (const path of paths) {
        if (existsSync(path)) expect(statSync(path).isDirectory(), path).toBe(true);
      }
      expect(path_prepend.filter((path) => existsSync(path))).not.toEqual([]);
      expect(existsSync(working_dir)).toBe(true);
      accessSync(shell, constants.X_OK);
    },
  },
  {
    name: "each process gets the facts of the platform and its own variables",
    async check(subject) {
      const { dataDir, release } = await detailOf(subject);
      const environments = await environmentsOf(subject);
      const { isOnHost } = subject.builder;
      const path = expect.stringMatching(/^\//);
      for (const env of environments) {
        expect(env).toMatchObject({
          // A container has addresses of its own, and the engine hands the port on.
          BIND_ADDRESS: isOnHost ? "127.0.0.1" : "0.0.0.0",
          PORT: expect.stringMatching(/^\d+$/),
          HOP3_APP: subject.app,
          HOP3_RELEASE: String(release),
          HOP3_ROLE: "background",
          HOP3_DATA_DIR: isOnHost ? dataDir : "/data",
          HOP3_PUBLIC_URL: expect.stringContaining(`://${subject.app}.localhost`),
          HOME: isOnHost ? dataDir : path,
          CONFORMANCE: plainValue,
        });
        if (isOnHost) expect(env).toMatchObject({ TMPDIR: path, LANG: "C.UTF-8" });
      }
      const ports = new Set(environments.map((env) => env["PORT"]));
      // Each container has a network of its own, and may have the port that its image exposes.
      if (isOnHost) expect(ports.size).toBe(2);
    },
  },
  {
    name: "no process gets anything of the host's environment",
    async check(subject) {
      const { env_vars } = await runtimeOf(subject);
      const [env = {}] = await environmentsOf(subject);
      expect(JSON.stringify(env)).not.toContain(hostOnlyValue);
      const platform = /^(?:HOP3_\w+|BIND_ADDRESS|PORT|HOME|TMPDIR|LANG|PATH)$/;
      const ofEngine = new Set(subject.builder.isOnHost ? [] : ["HOSTNAME", "container", "TERM"]);
      const own = await ownVariables(subject);
      const others = Object.keys(env).filter(
        (name) => !(platform.test(name) || shellVariables.has(name) || ofEngine.has(name)),
      );
      expect(others.filter((name) => !(name in env_vars || own.includes(name)))).toEqual([]);
    },
  },
  {
    name: "commands and workers start in a directory of the app's that they can read",
    async check(subject) {
      const { working_dir } = await runtimeOf(subject);
      const { dataDir } = await detailOf(subject);
      const { stdout, exitCode } = await runIn(subject, ["sh", "-c", "pwd && ls -A >/dev/null"]);
      expect(exitCode).toBe(0);
      if (subject.builder.isOnHost) expect([working_dir, dataDir]).toContain(stdout.trim());
      const started = await directoriesOf(subject, 1);
      expect(started).toEqual([stdout.trim(), stdout.trim()]);
    },
  },
  {
    name: "its home and its temporary directory can be written, its own files not",
    async check(subject) {
      const write =
        'for dir in "$HOME" "${TMPDIR:-/tmp}"; do touch "$dir/written" && rm "$dir/written" || exit 1; done';
      expect(await runIn(subject, ["sh", "-c", write])).toMatchObject({ stderr: "", exitCode: 0 });
      // What a container changes of its image is gone with it.
      if (!subject.builder.isOnHost) return;
      const { working_dir } = await runtimeOf(subject);
      const { exitCode } = await runIn(subject, ["touch", `${working_dir}/written`]);
      expect(exitCode).not.toBe(0);
    },
  },
  {
    name: "a command's output and exit code come through",
    async check(subject) {
      const said = await runIn(subject, ["sh", "-c", "echo out; echo err >&2; exit 7"]);
      expect(said).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 7 });
    },
  },
  {
    name: "release steps run once, in order, before anything serves",
    check: async (subject) => expect(await noted(subject, "steps")).toBe("release 1\n"),
  },
  {
    name: "stored configuration reaches it in a new Release, without a build",
    isLifecycle: true,
    async check(subject) {
      const { server, app } = subject;
      const change = { values: { SECRET: secretValue } };
      const { deployment } = await server.json<ConfigResult>(
        "PATCH",
        `/apps/${app}/config`,
        change,
      );
      const { phases, release } = await ended(subject, deployment?.id);
      expect(release).toBe(2);
      expect(phases.map(({ name }) => name)).not.toContain("build");
      for (const env of await environmentsOf(subject)) {
        expect(env).toMatchObject({ SECRET: secretValue, HOP3_RELEASE: "2" });
      }
      expect(await noted(subject, "steps")).toBe("release 1\nrelease 2\n");
      await checkStatuses(subject);
    },
  },
  {
    name: "workers of the Release before got the signal they ask for",
    isLifecycle: true,
    async check(subject) {
      const stopped = async () => {
        const lines = (await noted(subject, "stopped")).trim().split("\n");
        return new Set(lines.filter((line) => line.startsWith("1 "))).size;
      };
      await expect.poll(stopped, patience).toBe(2);
    },
  },
  {
    name: "it goes back without a build and without steps",
    isLifecycle: true,
    async check(subject) {
      const { server, app } = subject;
      await forgetEnvironments(subject);
      const queued = await server.json<DeploymentSummary>("POST", `/apps/${app}/rollback`, {});
      const { release } = await ended(subject, queued.id);
      expect(release).toBe(1);
      expect(await noted(subject, "steps")).toBe("release 1\nrelease 2\n");
      await checkStatuses(subject);
      const [env = {}] = await environmentsOf(subject);
      expect(env["SECRET"]).toBeUndefined();
    },
  },
];
