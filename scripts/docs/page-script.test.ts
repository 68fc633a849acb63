import { describe, expect, it } from "vitest";
import { readSteps, showsOutput, unmarkedCommands } from "./page-script.ts";

const fence = "```";

describe("readSteps", () => {
  it("takes commands, shown output and files in order", () => {
    const source = `# T

${fence}sh
# a remark
hop3 apps     # this stays: a shell knows it
a \\
  b
${fence}

${fence}toml hop3.toml
[run]
${fence}

${fence}console
$ hop3 url
http://x
$ hop3 ps
${fence}

${fence}
error X
${fence}
`;
    expect(readSteps(source)).toEqual([
      { kind: "command", text: "hop3 apps     # this stays: a shell knows it", output: undefined },
      { kind: "command", text: "a b", output: undefined },
      { kind: "file", path: "hop3.toml", text: "[run]\n" },
      { kind: "command", text: "hop3 url", output: "http://x" },
      { kind: "command", text: "hop3 ps", output: undefined },
    ]);
  });
});

describe("unmarkedCommands", () => {
  it("finds what nothing would try", () => {
    const source = `${fence}\nhop3 apps\nerror X\n${fence}\n\n${fence}bash\n$ ls\n${fence}\n`;
    expect(unmarkedCommands(source)).toEqual(["hop3 apps", "$ ls"]);
  });
});

describe("showsOutput", () => {
  it.each([
    ["took 1.4 s", "took 20 ms\n", true],
    ["a\n…\nd", "a\nb\nc\nd\n", true],
    ["a\n…\nd", "a\nd\n", true],
    ["a\n…", "a\n", true],
    ["made …", "made just now", true],
    ["http://x.localhost:8080", "http://x.localhost:4711", true],
    ["a   b", "a b  ", true],
    ["a.c", "abc", false],
    ["a\nb", "a\nc", false],
    ["a", "a\nb", false],
    ["a …", "a\nb", false],
  ])("%j of %j: %s", (shown, printed, fits) => expect(showsOutput(shown, printed)).toBe(fits));
});
