import { join } from "node:path";
import { type RunResult, run } from "../../packages/server/src/proc/run.ts";

const repository = join(import.meta.dirname, "../..");
const hop3Program = join(repository, "bin/hop3");

type OnLine = (line: string, stream: "stdout" | "stderr") => void;

/** The `hop3` of this checkout, talking to the server of one home. */
export interface Hop3 {
  readonly home: string;
  /** Runs one command; a failure is a result with its exit code. */
  run(args: readonly string[], options?: Hop3Options): Promise<RunResult>;
  /** Runs one command with --json and returns the last value that it printed. */
  json(args: readonly string[], options?: Hop3Options): Promise<Hop3Answer>;
}

export interface Hop3Options {
  readonly onLine?: OnLine;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Hop3Answer {
  readonly exitCode: number;
  /** Unchecked: readers give it to a schema. */
  readonly value: unknown;
  readonly result: RunResult;
}

/** A `hop3`, that of the checkout unless told otherwise, bound to `home`. */
export function makeHop3(home: string, program = hop3Program): Hop3 {
  const env = { ...ownEnvironment(), HOP3_HOME: home };
  const runHop3 = (args: readonly string[], options: Hop3Options = {}): Promise<RunResult> =>
    run({ argv: [program, ...args], env, cwd: repository, ...options });
  return {
    home,
    run: runHop3,
    async json(args, options) {
      const result = await runHop3([...args, "--json"], options);
      return { exitCode: result.exitCode ?? 1, value: lastJson(result.stdout), result };
    },
  };
}

/** Our environment, with its proxies and certificates, without what npm and another Hop3 have put there. */
export function ownEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(npm_|INIT_CWD$|HOP3_)/.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}

/** The whole text where it is one value, else its last line: streams print one value a line. */
function lastJson(text: string): unknown {
  for (const candidate of [text, text.trimEnd().split("\n").at(-1) ?? ""]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next candidate, or nothing.
    }
  }
  return undefined;
}
