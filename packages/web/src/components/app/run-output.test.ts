import type { RunFrame } from "@hop3/core/api";
import { describe, expect, it } from "vitest";
import { readOutput } from "./run-output.ts";

const out = (text: Buffer | string): RunFrame => ({
  type: "stdout",
  data: Buffer.from(text).toString("base64"),
});
const err = (text: string): RunFrame => ({ ...out(text), type: "stderr" });
const end = (exitCode: number | null, signal: string | null = null): RunFrame => ({
  type: "end",
  exitCode,
  signal,
});

describe("the output of a command", () => {
  it.each([
    ["nothing", [end(0)], { lines: [], end: "Done." }],
    ["lines", [out("a\nb\n"), end(0)], { lines: ["a", "b"], end: "Done." }],
    ["empty lines", [out("a\n\n\n"), end(0)], { lines: ["a", "", ""], end: "Done." }],
    [
      "both streams",
      [out("a\n"), err("b\n"), end(3)],
      { lines: ["a", "b"], end: "Ended with exit code 3." },
    ],
    ["a signal", [end(null, "SIGKILL")], { lines: [], end: "Ended by signal SIGKILL." }],
    [
      "half a character",
      [out(Buffer.from("ä").subarray(0, 1)), out(Buffer.from("ä").subarray(1)), end(0)],
      { lines: ["ä"], end: "Done." },
    ],
    [
      "a broken connection",
      [out("a")],
      { lines: ["a"], end: "The connection ended before the command did." },
    ],
  ] as const)("%s", async (_name, frames, last) => {
    const all = await Array.fromAsync(readOutput(from(frames)));
    expect(all.at(-1)).toEqual(last);
  });
});

async function* from(frames: readonly RunFrame[]): AsyncGenerator<RunFrame> {
  yield* frames;
}
