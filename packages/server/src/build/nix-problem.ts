import { nearest } from "@hop3/core";
import { z } from "zod";
import {
  archiveUnsafe,
  nixBuildFailed,
  nixBuildTimeout,
  nixCommandNotFound,
  nixDiskFull,
  nixNotSandboxed,
  nixRuntimeJson,
} from "../nix/errors.ts";
import { type Positions, placeOf } from "./positions.ts";

/** What nix/release/build.sh reports on a line of its own. */
const ReportedError = z.discriminatedUnion("code", [
  z.object({ code: z.literal("NIX_RUNTIME_JSON"), reason: z.string() }),
  z.object({
    code: z.literal("NIX_COMMAND_NOT_FOUND"),
    owner: z.string(),
    word: z.string(),
    available: z.array(z.string()),
  }),
]);

export interface FailedBuild {
  readonly stderr: string;
  readonly logFile: string;
  /** The project's own file, as the user knows it. */
  readonly file: string;
  readonly positions: Positions;
}

/** Turns what a failed build wrote into the failure that the user sees. */
export function buildProblem(failed: FailedBuild): Error {
  const { stderr } = failed;
  const lastLines = stderr.trimEnd().split("\n").slice(-30).join("\n");
  const reported = /^hop3-error: (.*)$/m.exec(stderr)?.[1];
  if (reported !== undefined) return reportedProblem(reported, failed);
  if (/No space left on device/.test(stderr)) return nixDiskFull({ lastLines });
  const unboxed = /derivation '([^']*)' has '__noChroot' set/.exec(stderr)?.[1];
  if (unboxed !== undefined) {
    const place = placeOf(failed.positions, failed.file, ["package"]);
    return nixNotSandboxed({ derivation: derivationName(unboxed), place });
  }
  const derivation = derivationName(/(?:builder for|building of) '([^']*)/.exec(stderr)?.[1] ?? "");
  const slow = /timed out after (\d+) seconds( of silence)?/.exec(stderr);
  if (slow === null) return nixBuildFailed({ derivation, lastLines, log: failed.logFile });
  const kind = slow[2] === undefined ? "total" : "silent";
  return nixBuildTimeout({ derivation, seconds: Number(slow[1]), kind, lastLines });
}

/** `/nix/store/…-name-1.0.drv` without what no user wrote. */
function derivationName(drvPath: string): string {
  return /\/[a-z0-9]{32}-(.+)\.drv/.exec(drvPath)?.[1] ?? "the release";
}

function reportedProblem(line: string, { file, positions }: FailedBuild): Error {
  // Of a shell that has no jq: the code, and a reason as it stands.
  const reason = /^ARCHIVE_UNSAFE (.*)/.exec(line)?.[1];
  if (reason !== undefined) return archiveUnsafe({ reason, place: undefined });
  const reported = ReportedError.parse(JSON.parse(line));
  if (reported.code === "NIX_RUNTIME_JSON") {
    return nixRuntimeJson({ reason: `is not valid JSON: ${reported.reason.trim()}` });
  }
  const key = reported.owner.startsWith("before_run") ? "before_run" : "workers";
  return nixCommandNotFound({
    ...reported,
    nearest: nearest(reported.word, reported.available),
    place: placeOf(positions, file, [key, "package"]),
  });
}
