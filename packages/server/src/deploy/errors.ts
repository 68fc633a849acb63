import {
  type DeploymentKind,
  defineError,
  ExitCode,
  type FailureData,
  Hop3Error,
  type Phase,
} from "@hop3/core";

export { uploadBroken, uploadTooLarge } from "../upload/errors.ts";

export const appPathMissing = defineError<{ path: string }>({
  code: "APP_PATH_MISSING",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ path }) => `there is no '${path}' among the files that were sent`,
  hint: () =>
    "Name a directory below the one that is deployed, such as hop3 deploy --path apps/web; .gitignore may hide it",
});

export const deployInterrupted = defineError<{
  kind: DeploymentKind;
  phase: Phase | undefined;
  serving: number | undefined;
}>({
  code: "DEPLOY_INTERRUPTED",
  exitCode: ExitCode.deployFailed,
  status: 503,
  message: ({ phase, serving }) =>
    `the server stopped ${phase === undefined ? "before this deployment began" : `in the phase '${phase}'`}; ${
      serving === undefined
        ? "nothing was running and nothing was changed"
        : `release ${serving} went on serving`
    }`,
  hint: ({ kind, phase }) => {
    if (kind === "scale") return "The numbers of instances are what they were; scale again";
    return phase === "provision"
      ? "What its release steps had done by then stays done, and they run again with the next one: hop3 deploy"
      : "Deploy again: hop3 deploy";
  },
});

export const deployCancelled = defineError<{ phase: Phase | undefined }>({
  code: "DEPLOY_CANCELLED",
  exitCode: ExitCode.interrupted,
  status: 409,
  message: ({ phase }) =>
    `the deployment was cancelled${phase === undefined ? "" : ` in the phase '${phase}'`}`,
  hint: () => "What ran before still runs",
});

export const deployNotCancellable = defineError<{ id: number; state: string }>({
  code: "DEPLOY_NOT_CANCELLABLE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ id, state }) => `deployment ${id} is ${state} and cannot be cancelled any more`,
  hint: () => "Go back with: hop3 rollback",
});

export const canaryFailed = defineError<{
  app: string;
  release: number;
  share: number;
  reason: string;
  log: string | undefined;
}>({
  code: "DEPLOY_CANARY_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ release, share, reason }) =>
    `release ${release} did not stand ${share} % of the requests: ${reason}`,
  hint: ({ app, release }) =>
    `All requests go to the release before it again. See what it said: hop3 logs --release ${release} --app ${app}; then deploy a better one`,
  detail: ({ log }) => (log === "" ? undefined : log),
});

export const canaryNotRunning = defineError<{ app: string }>({
  code: "CANARY_NOT_RUNNING",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app }) => `no new release of '${app}' is being tried with a share of the requests`,
  hint: ({ app }) => `See what is under way: hop3 deploy --watch --app ${app}`,
});

export const deploySuperseded = defineError<{ by: number }>({
  code: "DEPLOY_SUPERSEDED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ by }) =>
    `a newer deployment of the same app (${by}) took this one's place in the queue`,
  hint: () => "Watch the newer one: hop3 info",
});

export const appNotFound = defineError<{ app: string; nearest: readonly string[] }>({
  code: "APP_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ app }) => `there is no app '${app}'`,
  hint: ({ nearest }) =>
    nearest.length > 0
      ? `Did you mean '${nearest[0]}'? All apps: hop3 apps`
      : "All apps: hop3 apps",
});

export const appNotDeployed = defineError<{ app: string }>({
  code: "APP_NOT_DEPLOYED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app }) => `'${app}' has no running release`,
  hint: ({ app }) => `Deploy it first: hop3 deploy --app ${app}`,
});

export const releaseNotFound = defineError<{ app: string; release: number }>({
  code: "RELEASE_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ app, release }) => `'${app}' has no release ${release}`,
  hint: ({ app }) => `Those that exist: hop3 releases ${app}`,
});

export const releaseNotRestorable = defineError<{ app: string; release: number; reason: string }>({
  code: "RELEASE_NOT_RESTORABLE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, release, reason }) =>
    `release ${release} of '${app}' cannot be restored: ${reason}`,
  hint: ({ app }) => `Those that can: hop3 releases ${app}; or deploy that revision again`,
});

export const nothingToRollBackTo = defineError<{ app: string; current: number }>({
  code: "ROLLBACK_NO_TARGET",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, current }) => `'${app}' has no earlier release than ${current} to go back to`,
  hint: ({ app }) => `Name one: hop3 rollback N; see: hop3 releases ${app}`,
});

export const tooManyApps = defineError<{ limit: number }>({
  code: "APPS_LIMIT",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ limit }) => `this server has room for ${limit} apps, and all of it is taken`,
  hint: () =>
    "Destroy one (hop3 destroy APP), or raise [server] max-apps in server.toml and restart the data plane",
});

/** Which of the release steps, for messages. */
export interface StepPlace {
  readonly command: string;
  readonly number: number;
  readonly of: number;
}

function describeStep({ command, number, of }: StepPlace): string {
  return `the release step '${command}'${of === 1 ? "" : ` (${number} of ${of})`}`;
}

export const releaseStepFailed = defineError<
  StepPlace & { exitCode: number | null; signal: string | null; output: string }
>({
  code: "RELEASE_STEP_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ exitCode, signal, ...place }) =>
    `${describeStep(place)} ${signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`}`,
  hint: () => "No worker of the new release was started; mend the step and deploy again",
  detail: ({ output }) => output,
});

export const releaseStepTimeout = defineError<StepPlace & { seconds: number; output: string }>({
  code: "RELEASE_STEP_TIMEOUT",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ seconds, ...place }) =>
    `${describeStep(place)} was stopped: it had not ended after ${seconds} s`,
  hint: () =>
    "No worker of the new release was started, and what the step had done stays done. Mend it, or give it more time with [run] before-run-timeout, and deploy again",
  detail: ({ output }) => (output === "" ? "It has written nothing." : output),
});

export const writableTreeMissing = defineError<{ path: string }>({
  code: "WRITABLE_TREE_MISSING",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ path }) => `writable_tree names '${path}', which the package does not hold`,
  hint: () => "Name a file or directory below $out, without '..'",
});

export const internalError = defineError<{ reason: string }>({
  code: "INTERNAL",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ reason }) => `a fault in Hop3 itself: ${reason}`,
  hint: () => "The server's log has the trace; please report it",
});

export const diskFull = defineError<{ reason: string }>({
  code: "DISK_FULL",
  exitCode: ExitCode.failure,
  status: 507,
  message: ({ reason }) => `the disk is full: ${reason}`,
  hint: () => "Make room (df -h; hop3 destroy APP; nix-store --gc), then try again",
});

/** SQLITE_FULL, sqlite.org/rescode.html. */
const sqliteFull = 13;

/** Any thrown thing as a failure that a user is told. */
export function toHop3Error(error: unknown): Hop3Error {
  if (error instanceof Hop3Error) return error;
  if (!(error instanceof Error)) return internalError({ reason: String(error) });
  const reason = error.message;
  const isFull =
    ("code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) ||
    ("errcode" in error && error.errcode === sqliteFull);
  return isFull ? diskFull({ reason }, { cause: error }) : internalError({ reason });
}

/** Any thrown thing as the failure that is stored and shown. */
export function toFailure(error: unknown): FailureData {
  const { code, message, hint, place, detail, exitCode } = toHop3Error(error).failure;
  return {
    code,
    message,
    exitCode,
    ...(hint === undefined ? {} : { hint }),
    ...(place === undefined ? {} : { place: { ...place } }),
    ...(detail === undefined ? {} : { detail }),
  };
}
