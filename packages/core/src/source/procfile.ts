import { defineError, ExitCode, formatPlace, type Place } from "../errors.ts";
import { WorkerName } from "../names.ts";

export interface ProcfileWorker {
  readonly command: string;
  readonly kind?: "cron" | undefined;
  readonly schedule?: string | undefined;
}

/** What a Procfile says; `static` and `release` are not workers. */
export interface Procfile {
  readonly workers: Readonly<Record<string, ProcfileWorker>>;
  readonly release: readonly string[];
  /** Directory served at `/`. */
  readonly static?: string | undefined;
}

export const emptyProcfile: Procfile = { workers: {}, release: [] };

interface ProcfileProblem {
  readonly message: string;
  readonly place: Place;
}

export const procfileInvalid = defineError<{ problems: readonly ProcfileProblem[] }>({
  code: "PROCFILE_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ problems }) => {
    const [first] = problems;
    return first === undefined
      ? "the Procfile is not valid"
      : `${formatPlace(first.place)}: ${first.message}`;
  },
  hint: () =>
    "Each line is NAME: COMMAND, for example web: gunicorn app:app --bind unix:$HOP3_SOCKET",
  place: ({ problems }) => problems[0]?.place,
  detail: ({ problems }) =>
    problems.map(({ place, message }) => `${formatPlace(place)} ${message}`).join("\n"),
});

const cronPattern = /^(@(?:hourly|daily|weekly|monthly|yearly)|(?:\S+\s+){4}\S+)\s+(\S.*)$/;
const cronField = /^(?:\*|[\dA-Za-z]+(?:-[\dA-Za-z]+)?)(?:\/\d+)?$/;

/** Reads a Procfile; fails with every error of the file at once. */
export function parseProcfile(text: string, file = "Procfile"): Procfile {
  const draft: Draft = { workers: new Map(), release: [], problems: [], file, crons: 0 };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    readLine(draft, { text: line, number: index + 1 });
  }
  if (draft.problems.length > 0) throw procfileInvalid({ problems: draft.problems });
  const { release, static: directory } = draft;
  const workers = Object.fromEntries(draft.workers);
  return directory === undefined ? { workers, release } : { workers, release, static: directory };
}

interface Draft {
  readonly workers: Map<string, ProcfileWorker>;
  readonly release: string[];
  readonly problems: ProcfileProblem[];
  readonly file: string;
  static?: string;
  crons: number;
}

interface Line {
  readonly text: string;
  readonly number: number;
}

function readLine(draft: Draft, line: Line): void {
  const match = /^\s*([^\s:]+)\s*:(?:\s+|$)(.*)$/.exec(line.text);
  const name = match?.[1] ?? "";
  const command = match?.[2]?.trim() ?? "";
  const complaint = match === null ? "expected NAME: COMMAND" : complain(name, command);
  if (complaint !== undefined) note(draft, line, complaint);
  else if (name === "release") draft.release.push(command);
  else if (name === "static") draft.static = command;
  else if (name === "cron") addCron(draft, line, command);
  else addWorker(draft, line, { name, worker: { command } });
}

function complain(name: string, command: string): string | undefined {
  if (!WorkerName.safeParse(name).success) return `'${name}' cannot be the name of a worker`;
  return command === "" ? `${name} has no command` : undefined;
}

function addCron(draft: Draft, line: Line, text: string): void {
  const match = cronPattern.exec(text);
  const schedule = match?.[1]?.replace(/\s+/g, " ") ?? "";
  const fields = schedule.split(" ").flatMap((field) => field.split(","));
  const isValid = schedule.startsWith("@") || fields.every((field) => cronField.test(field));
  if (match === null || !isValid) {
    note(
      draft,
      line,
      "cron needs five fields and a command, for example cron: */5 * * * * ./cleanup",
    );
    return;
  }
  draft.crons += 1;
  const name = draft.crons === 1 ? "cron" : `cron-${draft.crons}`;
  addWorker(draft, line, { name, worker: { command: match[2] ?? "", kind: "cron", schedule } });
}

function addWorker(
  draft: Draft,
  line: Line,
  added: { name: string; worker: ProcfileWorker },
): void {
  if (draft.workers.has(added.name)) note(draft, line, `${added.name} is there twice`);
  else draft.workers.set(added.name, added.worker);
}

function note(draft: Draft, line: Line, message: string): void {
  draft.problems.push({ message, place: { file: draft.file, line: line.number } });
}
