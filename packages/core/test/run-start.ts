import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { evalNix } from "./nix-eval.ts";
import { evaluateWithStandIn } from "./stand-in.ts";

/** What the server gives a process, and what addons would. */
const platformVariables = {
  PORT: "4321",
  BIND_ADDRESS: "127.0.0.9",
  HOP3_APP: "app",
  HOP3_PUBLIC_URL: "http://app.test",
  HOP3_ADMIN_USER: "admin",
  HOP3_ADMIN_PASSWORD: `it's "$(secret)" & \\ more`,
  PGHOST: "db.test",
  PGPORT: "5555",
  PGUSER: "pg user",
  PGPASSWORD: "p$w\"'",
  PGDATABASE: "base",
  MYSQL_HOST: "my.test",
  MYSQL_PORT: "3307",
  MYSQL_USER: "my",
  MYSQL_PASSWORD: "m'y\\",
  MYSQL_DATABASE: "mybase",
} as const;

export interface Started {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Programs that ran, in order: their words, without the directory of the store. */
  readonly ran: readonly (readonly string[])[];
  /** Environment of the last of them. */
  readonly env: Readonly<Record<string, string>>;
  /** Files of the data directory, by path. */
  readonly files: Readonly<Record<string, string>>;
}

interface Made {
  readonly workers: { readonly web: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly writable_tree?: readonly string[];
}

/** A program that writes down how it was called; `env -0` alone shows values of several lines whole. */
const recorder = `#!/bin/bash
{ printf '%s\\0' "$0" "$@"; printf '\\n\\0'; } >>"$RECORD"
env -0 >"$RECORD.env"
`;

/** Starts the web worker of a generated text with programs that only write down how they are called. */
export function startGenerated(text: string, env: Readonly<Record<string, string>> = {}): Started {
  const made = evalNix(evaluateWithStandIn(text, { writesTexts: true }), [
    "--read-write-mode",
  ]) as Made;
  const dir = mkdtempSync(join(tmpdir(), "hop3-start-"));
  try {
    return runIn(dir, made, env);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function runIn(dir: string, made: Made, env: Readonly<Record<string, string>>): Started {
  const data = join(dir, "data");
  const store = join(dir, "stand-in");
  for (const path of [".", ...(made.writable_tree ?? [])]) {
    mkdirSync(join(data, path), { recursive: true });
  }
  mkdirSync(join(store, "bin"), { recursive: true });
  writeFileSync(join(store, "recorder"), recorder, { mode: 0o755 });
  const start = relocate(dir, made.workers.web);
  const script = `command_not_found_handle() { cp "$STORE/recorder" "$STORE/bin/$1" && "$STORE/bin/$@"; }\nexport -f command_not_found_handle\n${start}\n`;
  const variables = {
    ...platformVariables,
    ...made.env,
    ...env,
    HOP3_DATA_DIR: data,
    HOP3_SOCKET: join(data, "http.sock"),
    HOME: data,
    PATH: `${store}/bin:/usr/bin:/bin`,
    STORE: store,
    RECORD: join(dir, "record"),
  };
  const ran = spawnSync("bash", ["-c", script], { cwd: data, env: variables, encoding: "utf8" });
  return {
    exitCode: ran.status,
    stderr: ran.stderr,
    ran: readRecord(join(dir, "record"), dir),
    env: readEnvironment(join(dir, "record.env"), dir),
    files: readFiles(data, dir),
  };
}

/** Copies a text and the files of the store that it names into `dir`, and makes every program there is in them. */
function relocate(dir: string, text: string): string {
  for (const [path] of text.matchAll(/\/nix\/store\/[a-z0-9]{32}-[\w.+-]+/g)) {
    const copy = join(dir, path.slice("/nix/store/".length));
    if (existsSync(copy)) continue;
    const inner = relocate(dir, readFileSync(path, "utf8"));
    const isScript = path.endsWith("-start");
    // This one waits for servers, and there are none here.
    const isServer = path.endsWith("-serve-php");
    const script = isScript ? `#!/bin/bash\n${inner}` : inner;
    writeFileSync(copy, isServer ? recorder : script, { mode: 0o755 });
  }
  const programs = [...text.matchAll(/\/stand-in\/[\w./+-]+/g)].map(([path]) => path);
  // Longest first: what has something below it is a directory.
  for (const path of programs.sort().reverse()) makeProgram(dir, path);
  return text.replaceAll("/nix/store/", `${dir}/`).replaceAll("/stand-in/", `${dir}/stand-in/`);
}

function makeProgram(dir: string, path: string): void {
  const file = join(dir, path);
  if (existsSync(file) || /\/$/.test(path)) return;
  mkdirSync(dirname(file), { recursive: true });
  const isTool = /^\/stand-in\/(?:busybox|util-linux)\/bin\//.test(path);
  const tool = isTool ? basename(path) : undefined;
  if (tool !== undefined)
    symlinkSync(tool === "awk" ? "/usr/bin/busybox" : `/usr/bin/${tool}`, file);
  else writeFileSync(file, recorder, { mode: 0o755 });
}

function readRecord(file: string, dir: string): readonly (readonly string[])[] {
  if (!existsSync(file)) return [];
  const calls = readFileSync(file, "utf8").split("\0\n\0").slice(0, -1);
  return calls.map((call) => call.split("\0").map((word) => word.replaceAll(dir, "")));
}

function readEnvironment(file: string, dir: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, "utf8").replaceAll(dir, "").split("\0").slice(0, -1);
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

function readFiles(data: string, dir: string): Record<string, string> {
  const found = readdirSync(data, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(data.length + 1), readFileSync(path, "utf8").replaceAll(dir, "")];
    }),
  );
}
