import { defineError, ExitCode } from "@hop3/core";
import { hostEnvironment, run } from "../proc/run.ts";
import { nixMissing } from "./errors.ts";

export const storeRefused = defineError<{ what: string; output: string }>({
  code: "STORE_REFUSED",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ what }) => `Nix could not ${what}`,
  hint: () => "Nix says why below; whoever runs the server has to be allowed to clean its store",
  detail: ({ output }) => output.trim().slice(-2_000),
});

/** A link that keeps a path, or what a running process has open. */
export interface Root {
  readonly link: string;
  readonly path: string;
}

/** Which store, where it is not that of the machine: NIX_STORE_DIR and the like. */
type Variables = Readonly<Record<string, string>>;

/** All that keeps something in the store, as the garbage collector sees it. */
export async function readRoots(variables: Variables = {}): Promise<readonly Root[]> {
  const { exitCode, stdout, stderr } = await nixStore(["--gc", "--print-roots"], variables);
  if (exitCode !== 0) throw storeRefused({ what: "say what is in use", output: stderr });
  return parseRoots(stdout);
}

/** `LINK -> PATH`; links can have arrows in their names, store paths cannot. */
export function parseRoots(text: string): readonly Root[] {
  return text.split("\n").flatMap((line) => {
    const at = line.lastIndexOf(" -> ");
    return at === -1 ? [] : [{ link: line.slice(0, at), path: line.slice(at + " -> ".length) }];
  });
}

interface Collection {
  /** Stops when so much was freed; without it, when nothing is left. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Has Nix delete what nothing keeps. It looks for roots itself, under its own lock: nobody's path can get lost. */
export async function collectGarbage(
  { maxBytes, signal }: Collection,
  variables: Variables = {},
): Promise<void> {
  const limit = maxBytes === undefined ? [] : ["--max-freed", String(maxBytes)];
  const { exitCode, stderr } = await nixStore(["--gc", ...limit], variables, signal);
  if (exitCode !== 0) throw storeRefused({ what: "clean the store", output: stderr });
}

const maxOutput = 64 * 1024 * 1024;

async function nixStore(
  args: readonly string[],
  variables: Variables,
  signal?: AbortSignal | undefined,
) {
  const env = { ...hostEnvironment(), ...variables };
  const result = await run({ argv: ["nix-store", ...args], env, keep: maxOutput, signal });
  if (result.missing) throw nixMissing({ program: "nix-store" });
  return result;
}
