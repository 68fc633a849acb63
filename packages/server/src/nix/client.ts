import { createWriteStream, existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Argv, hostEnvironment, type RunRequest, type RunResult, run } from "../proc/run.ts";
import { type Derivations, type Missing, parseDerivations, parseMissing } from "./derivations.ts";
import { nixEnvironment, nixMissing } from "./errors.ts";
import type { LockedTree } from "./locked-tree.ts";

/** Everything is passed as one JSON argument; no user text is ever pasted into an expression. */
const entry =
  '{ tree, input, file }: let t = builtins.fromJSON tree; in import (builtins.fetchTree { type = "path"; inherit (t) path narHash; } + file) (builtins.fromJSON input)';

export interface NixOptions {
  readonly sandbox: boolean;
  readonly pure: boolean;
  /** Unreachable caches must not slow a build: off unless the package set can be substituted. */
  readonly substitute: boolean;
}

export interface BuildRequest {
  readonly drvPath: string;
  /** Symlink that becomes the root of the result. */
  readonly root: string;
  readonly logFile: string;
  readonly timeoutSeconds: number;
  readonly maxSilentSeconds: number;
  readonly options: NixOptions;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** Making the outputs of a derivation, or making them once more beside those that are there. */
export interface RebuildRequest {
  readonly drvPath: string;
  readonly mode: "realise" | "check";
  readonly timeoutSeconds: number;
  readonly maxSilentSeconds: number;
  readonly options: NixOptions;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** The only caller of Nix. Its methods report what Nix did; wording failures is the caller's part. */
export interface NixClient {
  version(): Promise<string>;
  evaluate(request: EvaluateRequest): Promise<RunResult>;
  build(request: BuildRequest): Promise<RunResult>;
  /** Makes `root` a garbage collector root of a path that exists. */
  addRoot(storePath: string, root: string): Promise<boolean>;
  closure(storePath: string): Promise<{ paths: readonly string[]; bytes: number }>;
  /** A derivation and all that it needs; undefined where the store does not have it any more. */
  derivations(drvPath: string): Promise<Derivations | undefined>;
  /** Of all that a derivation needs, what would have to be built or fetched now. */
  missing(drvPath: string, options: NixOptions): Promise<Missing>;
  /** Which of these paths came from a binary cache; those built here have nobody's signature. */
  fromCache(paths: readonly string[]): Promise<ReadonlySet<string>>;
  /** What differs from what is there is left beside it, as `<path>.check`. */
  rebuild(request: RebuildRequest): Promise<RunResult>;
}

export interface EvaluateRequest {
  /** Nix code of this program, and the file in it that takes `input`. */
  readonly tree: LockedTree;
  readonly file: string;
  readonly input: unknown;
  readonly options: NixOptions;
  readonly signal?: AbortSignal | undefined;
}

const Version = z.string().regex(/\d+\.\d+/);
/** One evaluation of one app: far above what was ever seen (0.2 s), far below what a loop would take. */
const evaluationTimeoutMs = 120_000;
/** Characters of a graph of derivations: 2,000 of them are about 4 Mi. */
const maxGraph = 256 * 1024 * 1024;

interface NixParts {
  /** A static shell that sandboxes have as /bin/sh, like those of every other Nix: programs that start commands need it. */
  readonly shell?: string;
}

export function makeNixClient({ shell }: NixParts = {}): NixClient {
  let version: Promise<string> | undefined;
  return {
    version() {
      version ??= readVersion().catch((error: unknown) => {
        version = undefined;
        throw error;
      });
      return version;
    },
    async evaluate(request) {
      const argv = evaluateArgv(request, featuresOf(await this.version()));
      return start(argv, { signal: request.signal, timeoutMs: evaluationTimeoutMs });
    },
    build: (request) => build(request, shell),
    async addRoot(storePath, root) {
      const realise = ["nix-store", "--realise", storePath, "--add-root", root] as const;
      const result = await start([...realise, "--indirect"]);
      return result.exitCode === 0;
    },
    closure: readClosure,
    async derivations(drvPath) {
      const flags = ["--extra-experimental-features", "nix-command", "--recursive"];
      const result = await start(["nix", "show-derivation", ...flags, drvPath], { keep: maxGraph });
      return result.exitCode === 0 ? parseDerivations(result.stdout) : undefined;
    },
    async missing(drvPath, options) {
      const dryRun = ["nix-store", "--realise", "--dry-run", drvPath] as const;
      return parseMissing((await start([...dryRun, ...nixOptions(options)])).stderr);
    },
    fromCache: readFromCache,
    rebuild({ drvPath, mode, options, signal, onLine, ...limits }) {
      const check = mode === "check" ? ["--check", "--keep-failed"] : [];
      const argv: Argv = [
        "nix-store",
        "--realise",
        drvPath,
        ...check,
        ...timeLimits(limits),
        ...nixOptions(options, shell),
      ];
      return start(argv, { signal, onLine });
    },
  };
}

/** Nix builds in TMPDIR: an operator whose /tmp is small moves it with that. */
function nixHostEnvironment(): Record<string, string> {
  const tmp = process.env["TMPDIR"];
  return { ...hostEnvironment(), ...(tmp === undefined ? {} : { TMPDIR: tmp }) };
}

async function start(argv: Argv, more: Partial<RunRequest> = {}): Promise<RunResult> {
  const result = await run({ argv: dieWithParent(argv), env: nixHostEnvironment(), ...more });
  if (result.missing || (result.exitCode === 127 && /No such file/.test(result.stderr))) {
    throw nixMissing({ program: argv[0] });
  }
  return result;
}

async function readVersion(): Promise<string> {
  const result = await start(["nix-instantiate", "--version"]);
  const found = Version.safeParse(result.stdout.trim());
  if (!found.success) {
    throw nixEnvironment({ reason: result.stderr.trim(), hint: "Install it again: nix-bin" });
  }
  return /\d+\.\d+(?:\.\d+)?/.exec(found.data)?.[0] ?? found.data;
}

/** builtins.fetchTree is behind `flakes`, from 2.19 on behind a feature of its own that older ones warn about. */
function featuresOf(version: string): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || minor >= 19 ? "flakes fetch-tree" : "flakes";
}

function evaluateArgv({ tree, file, input, options }: EvaluateRequest, features: string): Argv {
  return [
    "nix-instantiate",
    "--eval",
    "--strict",
    "--json",
    "--read-write-mode",
    // Builtins that are refused have no place of their own: the trace names the line that called them.
    "--show-trace",
    ...nixOptions(options),
    "--option",
    "extra-experimental-features",
    features,
    "-E",
    entry,
    "--argstr",
    "tree",
    JSON.stringify(tree),
    "--argstr",
    "file",
    `/${file}`,
    "--argstr",
    "input",
    JSON.stringify(input),
  ];
}

async function build(request: BuildRequest, shell: string | undefined): Promise<RunResult> {
  const log = createWriteStream(request.logFile, { flags: "a", mode: 0o640 });
  const onLine = (line: string, stream: string): void => {
    if (stream !== "stderr") return;
    log.write(`${line}\n`);
    request.onLine(line);
  };
  const argv: Argv = [
    "nix-store",
    "--realise",
    request.drvPath,
    "--add-root",
    request.root,
    "--indirect",
    ...timeLimits(request),
    ...nixOptions(request.options, shell),
  ];
  const result = await start(argv, { signal: request.signal, onLine });
  await new Promise<void>((resolve) => log.end(resolve));
  return result;
}

async function readClosure(storePath: string): Promise<{ paths: string[]; bytes: number }> {
  const flags = ["--extra-experimental-features", "nix-command", "--recursive", "--size"];
  const result = await start(["nix", "path-info", ...flags, storePath]);
  const rows = result.stdout.split("\n").flatMap((line) => {
    const [path, size] = line.trim().split(/\s+/);
    return path === undefined || size === undefined ? [] : [{ path, size: Number(size) }];
  });
  return {
    paths: rows.map((row) => row.path),
    bytes: rows.reduce((sum, row) => sum + row.size, 0),
  };
}

const PathInfo = z.object({
  path: z.string().optional(),
  ultimate: z.boolean().default(false),
  signatures: z.array(z.string()).default([]),
});
/** Later versions of Nix give an object by path, earlier ones a list. */
const PathInfos = z.union([z.array(PathInfo), z.record(z.string(), PathInfo.nullable())]);

async function readFromCache(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) return new Set();
  const flags = ["--extra-experimental-features", "nix-command", "--json"];
  // Nix 2.8 takes no list on its input: arguments, in portions that the kernel accepts.
  const found = new Set<string>();
  for (let from = 0; from < present.length; from += 500) {
    const portion = present.slice(from, from + 500);
    const argv: Argv = ["nix", "path-info", ...flags, ...portion];
    const result = await start(argv);
    for (const path of signedIn(result.stdout)) found.add(path);
  }
  return found;
}

function signedIn(stdout: string): readonly string[] {
  const infos = PathInfos.safeParse(JSON.parse(stdout === "" ? "[]" : stdout));
  if (!infos.success) return [];
  const rows = Array.isArray(infos.data)
    ? infos.data
    : Object.entries(infos.data).map(([path, info]) => ({ ...info, path }));
  return rows.flatMap(({ path, ultimate, signatures }) =>
    path !== undefined && ultimate !== true && (signatures ?? []).length > 0 ? [path] : [],
  );
}

function timeLimits(
  limits: Pick<BuildRequest, "timeoutSeconds" | "maxSilentSeconds">,
): readonly string[] {
  const { timeoutSeconds, maxSilentSeconds } = limits;
  return ["--timeout", String(timeoutSeconds), "--max-silent-time", String(maxSilentSeconds)];
}

function nixOptions(options: NixOptions, shell?: string): readonly string[] {
  const settings: Record<string, string> = {
    "pure-eval": String(options.pure),
    sandbox: String(options.sandbox),
    "sandbox-fallback": "false",
    "sandbox-paths": shell === undefined ? "" : `/bin/sh=${shell}`,
    substitute: String(options.substitute),
    "build-users-group": "",
    "log-lines": "0",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["--option", name, value]);
}

/** A build must not outlive a control plane that was killed: the kernel stops it. setpriv is part of util-linux. */
function dieWithParent(argv: Argv): Argv {
  return ["setpriv", "--pdeathsig", "TERM", "--", ...argv];
}

/** Where the log of a Release's build is kept. */
export function buildLogFile(releaseDir: string): string {
  return join(releaseDir, "build.log");
}
