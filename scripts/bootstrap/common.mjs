import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** Something the person at the keyboard can act on; anything else is a bug and keeps its trace. */
export class BootstrapError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The parsed file, or undefined where it is missing or half-written. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Runs a command with no input; resolves to its exit code and both streams as one text. */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.once("error", (error) => done({ code: 127, output: error.message }));
    child.once("close", (code) => done({ code: code ?? 1, output }));
  });
}

/** `run`, and a BootstrapError with the end of the output where the command fails. */
export async function runOrFail(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result.output;
  throw failed([command, ...args], result);
}

export function failed(argv, result) {
  const tail = result.output.trim().split("\n").slice(-20).join("\n");
  return new BootstrapError(`${argv.join(" ")} ended with ${result.code}:\n${tail}`);
}

/** Runs a program in place of this one: same streams, signals handed on, its end is our end. */
export function runForeground(program, args) {
  const env = { ...process.env };
  env.PATH = [dirname(program), env.PATH].filter(Boolean).join(delimiter);
  const child = spawn(program, args, { env, stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, so the child has had it already.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => done({ code, signal }));
  });
}
