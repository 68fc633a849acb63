import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "@hop3/core";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/reference/errors.md"), "utf8");

/** Code of each failure that the sources declare -> exit codes that they give it literally. */
function declared(): Map<string, Set<number>> {
  const codes = new Map<string, Set<number>>();
  for (const file of globSync("packages/*/src/**/*.ts", { cwd: root })) {
    if (file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(root, file), "utf8");
    const declaration = /defineError<.*?code: "([A-Z0-9_]+)",\s*(?:exitCode: ExitCode\.(\w+))?/gs;
    for (const [, code = "", name] of text.matchAll(declaration)) {
      const exits = codes.get(code) ?? new Set();
      if (name !== undefined) exits.add(ExitCode[name as keyof typeof ExitCode]);
      codes.set(code, exits);
    }
  }
  return codes;
}

/** Code -> text of its section. */
function documented(): Map<string, string> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [code = "", ...rest] = section.split("\n");
      return [code, rest.join("\n").trim()] as const;
    }),
  );
}

describe("docs/reference/errors.md", () => {
  it("has a section for each code that is declared, and for no other, in order", () => {
    expect([...documented().keys()]).toEqual([...declared().keys()].sort());
  });

  it("gives each code its exit codes, its meaning and what to do", () => {
    const sections = documented();
    for (const [code, exits] of declared()) {
      const text = sections.get(code) ?? "";
      const shown = /^Exit code (\d+(?: or \d+)*)\. \S/.exec(text)?.[1]?.split(" or ") ?? [];
      expect(shown.length, code).toBeGreaterThan(0);
      for (const exit of exits) expect(shown, code).toContain(String(exit));
      expect(text.split("\n\n").length, `${code}: what to do`).toBeGreaterThan(1);
    }
  });
});
