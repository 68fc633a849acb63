import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAX_OUTPUT = 512 * 1024 * 1024;

/** What the real evaluator makes of a file with this text. */
export function evalNix(text: string, options: readonly string[] = []): unknown {
  return JSON.parse(
    onFile(text, (path) => nix(["--eval", "--strict", "--json", ...options, path])),
  );
}

/** Fails where the real parser refuses the text; returns the tree as Nix prints it. */
export function parseNix(text: string): string {
  return onFile(text, (path) => nix(["--parse", path]));
}

/** Runs a program of the machine with a text file as its last argument. */
export function readWith(program: string, args: readonly string[], text: string): string {
  return onFile(text, (path) =>
    execFileSync(program, [...args, path], { encoding: "utf8", maxBuffer: MAX_OUTPUT }),
  );
}

function nix(args: readonly string[]): string {
  return execFileSync("nix-instantiate", args, {
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function onFile<Result>(text: string, use: (path: string) => Result): Result {
  const dir = mkdtempSync(join(tmpdir(), "hop3-nix-"));
  try {
    const path = join(dir, "input");
    writeFileSync(path, text);
    return use(path);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
