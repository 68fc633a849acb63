/** Exit codes of the `hop3` command; the table stands in docs/reference/errors.md. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notSignedIn: 4,
  notAllowed: 5,
  conflict: 6,
  unreachable: 7,
  deployFailed: 8,
  plugin: 9,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Where a failure lies in a file of the user. `line` and `column` start at 1. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** What a failure says, wherever it is shown: terminal, JSON, API, timeline. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  /** Longer evidence, for example the last lines of a log; shown below message and hint. */
  readonly detail?: string | undefined;
  readonly exitCode: ExitCode;
  /** HTTP status of the same failure. */
  readonly status: number;
}

/** A failure the user can act on. Anything else that is thrown is a bug in this program. */
export class Hop3Error extends Error {
  override readonly name = "Hop3Error";
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }

  get code(): string {
    return this.failure.code;
  }
}

interface ErrorSpec<Details> {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly status: number;
  readonly message: (details: Details) => string;
  readonly hint?: (details: Details) => string | undefined;
  readonly place?: (details: Details) => Place | undefined;
  readonly detail?: (details: Details) => string | undefined;
}

/** Makes one kind of failure; `code` is its entry in the catalogue. */
export interface ErrorKind<Details> {
  (details: Details, options?: ErrorOptions): Hop3Error;
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly status: number;
}

/**
 * Declares one entry of the error catalogue. Every code has a section of its own in
 * docs/reference/errors.md; a test compares the two.
 */
export function defineError<Details>(spec: ErrorSpec<Details>): ErrorKind<Details> {
  const make = (details: Details, options?: ErrorOptions): Hop3Error =>
    new Hop3Error(
      {
        code: spec.code,
        message: spec.message(details),
        hint: spec.hint?.(details),
        place: spec.place?.(details),
        detail: spec.detail?.(details),
        exitCode: spec.exitCode,
        status: spec.status,
      },
      options,
    );
  return Object.assign(make, {
    code: spec.code,
    exitCode: spec.exitCode,
    status: spec.status,
  });
}

/** True for a failure of this one kind: `if (isError(error, appNotFound)) …`. */
export function isError<Details>(error: unknown, kind: ErrorKind<Details>): error is Hop3Error {
  return error instanceof Hop3Error && error.code === kind.code;
}

/** `file:12:3`, as compilers and editors write it. */
export function formatPlace(place: Place): string {
  const parts = [place.file, place.line, place.line === undefined ? undefined : place.column];
  return parts.filter((part) => part !== undefined).join(":");
}
