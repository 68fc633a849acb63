import type { FailureData, Problem } from "@hop3/core";
import { defineError, ExitCode, formatPlace, Hop3Error } from "@hop3/core/base";

export const usageError = defineError<{ message: string; hint?: string | undefined }>({
  code: "USAGE",
  exitCode: ExitCode.usage,
  status: 400,
  message: ({ message }) => message,
  hint: ({ hint }) => hint,
});

/** `place` is the socket on this machine, or undefined for a server that HOP3_SERVER names. */
export const serverUnreachable = defineError<{ server: string; place?: string; because: string }>({
  code: "SERVER_UNREACHABLE",
  exitCode: ExitCode.unreachable,
  status: 503,
  message: ({ server, place, because }) =>
    place === undefined
      ? `no server answers at ${server} (${because})`
      : `no server answers for ${server} (${place}: ${because})`,
  hint: ({ server, place }) =>
    place === undefined
      ? "Check that it runs, and that it is the one you mean: hop3 context list, HOP3_SERVER"
      : `Start it: hop3 server start --home ${server}`,
});

export const serverNotTrusted = defineError<{ server: string; because: string }>({
  code: "SERVER_NOT_TRUSTED",
  exitCode: ExitCode.unreachable,
  status: 502,
  message: ({ server, because }) =>
    `the certificate of ${server} does not prove who it is: ${because}`,
  hint: () =>
    "Use the name that is in the certificate; for an authority of your own: NODE_EXTRA_CA_CERTS=/path/to/ca.pem",
});

export const serverLost = defineError<{ what: string; seconds: number; resume: string }>({
  code: "SERVER_LOST",
  exitCode: ExitCode.unreachable,
  status: 503,
  message: ({ what, seconds }) =>
    `the server went away during ${what} and did not come back within ${seconds} s`,
  hint: ({ resume }) =>
    `The server finishes or fails it when it is back (hop3 server start); then look: ${resume}`,
});

export const socketForbidden = defineError<{ socket: string }>({
  code: "SERVER_FORBIDDEN",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ socket }) => `this user may not talk to the server through ${socket}`,
  hint: () => "Run hop3 as the user who started the server, or set HOP3_SERVER and HOP3_TOKEN",
});

export const badServerAddress = defineError<{ value: string }>({
  code: "SERVER_ADDRESS_INVALID",
  exitCode: ExitCode.usage,
  status: 400,
  message: ({ value }) => `'${value}' is not an address of a server`,
  hint: () =>
    "Give scheme, host and port, for example http://127.0.0.1:7070, or ssh://user@host, as HOP3_SERVER or to hop3 login",
});

export const badServerFile = defineError<{ file: string; because: string }>({
  code: "SERVER_FILE_INVALID",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ file, because }) => `${file} does not say where the server is: ${because}`,
  hint: () => "Restart the server, which writes it anew: hop3 server start",
});

export const answerNotUnderstood = defineError<{ request: string; because: string }>({
  code: "ANSWER_NOT_UNDERSTOOD",
  exitCode: ExitCode.failure,
  status: 502,
  message: ({ request, because }) =>
    `the answer to ${request} is not one this hop3 understands: ${because}`,
  hint: () => "Compare the versions: hop3 --version, hop3 server status",
});

export const deploymentFailed = defineError<{ id: number; app: string }>({
  code: "DEPLOY_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 500,
  message: ({ id, app }) => `deployment ${id} of ${app} failed`,
  hint: ({ app }) => `Read what it said: hop3 logs --build --app ${app}`,
});

export const deploymentCancelled = defineError<{ id: number; app: string }>({
  code: "DEPLOY_CANCELLED",
  exitCode: ExitCode.deployFailed,
  status: 409,
  message: ({ id, app }) => `deployment ${id} of ${app} was cancelled`,
  hint: () => "Nothing has changed for users; deploy again when ready",
});

export const deploymentSuperseded = defineError<{ id: number; app: string }>({
  code: "DEPLOY_SUPERSEDED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ id, app }) => `a newer deployment took the place of deployment ${id} of ${app}`,
  hint: ({ app }) => `Watch the newer one: hop3 deploy --watch --app ${app}`,
});

export const noDeploymentRunning = defineError<{ app: string }>({
  code: "DEPLOY_NOT_RUNNING",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app }) => `no deployment of ${app} is under way`,
  hint: ({ app }) => `See what has happened: hop3 releases ${app}`,
});

export const confirmationNeeded = defineError<{ app: string }>({
  code: "CONFIRMATION_NEEDED",
  exitCode: ExitCode.usage,
  status: 400,
  message: ({ app }) =>
    `destroying ${app} needs a confirmation, and there is no terminal to ask on`,
  hint: ({ app }) => `If that is meant: hop3 destroy ${app} --yes`,
});

export const notConfirmed = defineError<{ app: string; typed: string }>({
  code: "NOT_CONFIRMED",
  exitCode: ExitCode.failure,
  status: 400,
  message: ({ app, typed }) => `'${typed}' is not '${app}': nothing was destroyed`,
  hint: ({ app }) => `Type the name of the app to confirm, or: hop3 destroy ${app} --yes`,
});

export const fileUnreadable = defineError<{ file: string; because: string }>({
  code: "FILE_UNREADABLE",
  exitCode: ExitCode.usage,
  status: 400,
  message: ({ file, because }) => `cannot read ${file}: ${because}`,
  hint: () => "Check the path and its permissions",
});

export const fileUnwritable = defineError<{ file: string; because: string }>({
  code: "FILE_UNWRITABLE",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ file, because }) => `cannot write ${file}: ${because}`,
  hint: () => "Check the path, its permissions, and the room on the disk",
});

export const serverNotInstalled = defineError<{ because: string }>({
  code: "SERVER_NOT_INSTALLED",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ because }) => `the server is not installed beside this hop3 (${because})`,
  hint: () => "Install it: npm install @hop3/server (with -g where hop3 was)",
});

export const serverDidNotStop = defineError<{ pid: number; seconds: number }>({
  code: "SERVER_DID_NOT_STOP",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ pid, seconds }) => `the server (process ${pid}) still runs after ${seconds} s`,
  hint: ({ pid }) => `Read its log; apps stay up when it is ended by force: kill -9 ${pid}`,
});

export const interrupted = defineError<{ message: string; hint?: string | undefined }>({
  code: "INTERRUPTED",
  exitCode: ExitCode.interrupted,
  status: 499,
  message: ({ message }) => message,
  hint: ({ hint }) => hint,
});

/** The failure that the server described, as if it had happened here. */
export function fromProblem(problem: Problem): Hop3Error {
  const message = problem.detail ?? problem.title;
  // What the API calls the parts of a request, and where it is described, is of no use to whoever typed a command.
  const isTyped = problem.code === "REQUEST_INVALID";
  return new Hop3Error({
    code: problem.code,
    message: isTyped ? message.replace(/^(?:json|query|param)\./, "") : message,
    hint: isTyped ? "What the command takes: the same with --help" : problem.hint,
    place: problem.place,
    detail: problem.evidence,
    exitCode: toExitCode(problem.exitCode),
    status: problem.status,
  });
}

/** The failure that a stream of lines ended with. */
export function fromFailure(failure: FailureData): Hop3Error {
  return new Hop3Error({ ...failure, exitCode: toExitCode(failure.exitCode), status: 500 });
}

/** An exit code from outside; anything that would look like success becomes a plain failure. */
export function toExitCode(code: number): ExitCode {
  const known: readonly number[] = Object.values(ExitCode);
  return code !== ExitCode.ok && known.includes(code) ? (code as ExitCode) : ExitCode.failure;
}

/** `{error: …}` of `--json`. */
export interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: string | undefined;
  readonly detail?: string | undefined;
}

/** What a failure says, whatever was thrown. */
export function describeError(error: unknown): ErrorJson & { exitCode: ExitCode } {
  if (error instanceof Hop3Error) {
    const { code, message, hint, place, detail, exitCode } = error.failure;
    return {
      code,
      message,
      hint,
      place: place === undefined ? undefined : formatPlace(place),
      detail,
      exitCode,
    };
  }
  return {
    code: "INTERNAL",
    message: error instanceof Error ? error.message : String(error),
    hint: "This is a bug in hop3; --verbose shows where",
    exitCode: ExitCode.failure,
  };
}
