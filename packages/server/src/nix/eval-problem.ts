import type { Hop3Error, Place } from "@hop3/core";
import {
  nixDiskFull,
  nixEnvironment,
  nixEvalFailed,
  nixImpure,
  nixSyntax,
  registryMissing,
} from "./errors.ts";

export interface EvaluationFailure {
  readonly stderr: string;
  /** Name of the file that was evaluated, as the user knows it. */
  readonly file: string;
  /** What a missing attribute was probably meant to be. */
  nearest(missing: string): Promise<readonly string[]>;
}

/** A position inside the Source, as Nix 2.8 (`at /nix/…:4:3:`) and later (`at «…»/…:4:3:`) print it. */
const positionPattern =
  /at (?:«[^»]*»\/?)?(\/nix\/store\/[a-z0-9]{32}-source)?\/?([^\s:]+):(\d+):(\d+)/g;
const impurePattern =
  /is forbidden in (?:pure|restricted)|in pure (?:eval(?:uation)?) mode|cannot look up '<|was not found in the Nix search path|file '[^']*' was not found in the Nix search path|requires a(?:n)? (?:lock|sha256|hash)|attribute '(?:currentTime|currentSystem)' missing/i;

/** Turns what Nix wrote into the failure that the user sees: the project's own file and line first, Nix's trace below. */
export async function evaluationProblem(failure: EvaluationFailure): Promise<Hop3Error> {
  const { stderr, file } = failure;
  const reason = findReason(stderr);
  const place = findPlace(stderr, file);
  const trace = stderr.trim();
  if (/No space left on device/.test(stderr)) return nixDiskFull({ lastLines: trace });
  const registry = /hop3: the registry '([a-z]+)' has no address/.exec(stderr)?.[1];
  if (registry !== undefined) return registryMissing({ registry });
  if (
    /syntax error|unexpected end of file|undefined variable|path has a trailing slash/.test(reason)
  ) {
    const isSyntax = !/undefined variable/.test(reason);
    if (isSyntax) return nixSyntax({ place, reason, trace });
  }
  if (/cannot connect to (?:socket|daemon)|permission denied|Read-only file system/i.test(reason)) {
    return nixEnvironment({
      reason,
      hint: "Run the server as root, or start the Nix daemon; then: hop3 doctor",
    });
  }
  if (impurePattern.test(stderr)) return nixImpure({ place, reason, trace });
  const nearest = await findNearest(failure, reason);
  return nixEvalFailed({ place, reason, trace, nearest });
}

async function findNearest(failure: EvaluationFailure, reason: string): Promise<readonly string[]> {
  const pattern = /attribute '([^']+)' missing|undefined variable '([^']+)'/;
  const [, attribute, variable] = pattern.exec(reason) ?? [];
  const missing = attribute ?? variable;
  if (missing === undefined) return [];
  const found = await failure.nearest(missing);
  // What is written as a variable and is the name of a package lacks the set that it comes from.
  return variable === undefined ? found : found.map((name) => `pkgs.${name}`);
}

/** The last `error:` block is the cause; earlier ones say how Nix came there. */
function findReason(stderr: string): string {
  const blocks = stderr.split(/^\s*error:\s*/m).slice(1);
  const last = blocks.at(-1) ?? stderr;
  const lines = last
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[…]|^at |^\d+\||^\||^\(use '--show-trace'/.test(line));
  const first = (lines[0] ?? "Nix gave no reason").replace(
    /\/nix\/store\/[a-z0-9]{32}-source\//g,
    "",
  );
  return first.replace(/, at .*$/, "").replace(/^syntax error, /, "syntax error: ");
}

/**
 * The innermost position within the Source: Nix 2.8 prints the cause first, later versions print it last. Our own Nix code
 * lies in a store path of the same name; the project's is the one that holds `file`.
 */
function findPlace(stderr: string, file: string): Place {
  const matches = [...stderr.matchAll(positionPattern)];
  const inFile = matches.filter((match) => match[1] !== undefined && match[2] === file);
  const innermost = /^error:[ \t]*\S/m.test(stderr) ? 0 : -1;
  const root = inFile[0]?.[1];
  const found = matches.filter((match) => match[1] === root).at(innermost);
  if (root === undefined || found === undefined) return { file };
  return { file: found[2] ?? file, line: Number(found[3]), column: Number(found[4]) };
}
