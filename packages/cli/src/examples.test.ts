import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "./program.ts";
import { commandTree } from "./tree.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/reference/cli.md"), "utf8");

/** Every command that the reference shows, as a shell hands it on: without what is behind it, without quotes. */
const shown = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = ""]) => block.split("\n"))
  .flatMap((line) => [...line.matchAll(/\bhop3 ((?:'[^']*'|"[^"]*"|[^'"|<>;&#)])*)/g)])
  .map(([, words = ""]) => words.trim());

function split(words: string): readonly string[] {
  return [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );
}

describe("the examples of the reference", () => {
  it("are many", () => expect(shown.length).toBeGreaterThan(80));

  it.each([...new Set(shown)])("hop3 %s is understood", (words) => {
    expect(parseCommandLine(commandTree, split(words), "0.0.0")).toHaveProperty("spec");
  });
});
