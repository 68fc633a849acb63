import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Hop3Error } from "../../errors.ts";
import { dockerfileConverter } from "./converter.ts";
import { lexDockerfile } from "./lex.ts";
import { splitPieces, splitScript } from "./shell.ts";
import { expandWord, quote, splitWords } from "./words.ts";

const runs = { numRuns: 1000 };
const unit = fc.constantFrom(..."ab \t\"'\\$={}#-<;&|\n", "é", "${A}", "$A", "<<EOF", "&&");
const text = fc.string({ unit, maxLength: 20 });
const none = () => undefined;

describe("words", () => {
  it("takes any quoted word back apart", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (words) => {
        const line = words.map(quote).join(" ");
        expect(splitWords(line).map((word) => expandWord(word, none))).toEqual(words);
      }),
      runs,
    );
  });

  it("takes any word in double quotes back apart", () => {
    fc.assert(
      fc.property(text, (word) => {
        const quoted = `"${word.replace(/["\\$]/g, "\\$&")}"`;
        expect(splitWords(quoted)).toEqual([quoted]);
        expect(expandWord(quoted, none)).toBe(word);
      }),
      runs,
    );
  });

  it("loses nothing but spaces between words", () => {
    fc.assert(
      fc.property(text, (line) => {
        const glued = (value: string) => value.replace(/\s/g, "");
        expect(glued(splitWords(line).join(""))).toBe(glued(line));
      }),
      runs,
    );
  });

  it("fills in values without reading them again", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(
          expandWord("<$A-${A}-${B:-x$A}>", (name) => (name === "A" ? value : undefined)),
        ).toBe(`<${value}-${value}-x${value}>`);
      }),
      runs,
    );
  });

  it.each([
    ["$A", "1"],
    ["${A}b", "1b"],
    ["\\$A", "$A"],
    ["'$A'", "$A"],
    ['"$A"', "1"],
    ['"\\$A \\q"', "$A \\q"],
    ["${NONE}", ""],
    ["${NONE:-d}", "d"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${A:+set}", "set"],
    ["${NONE:+set}", ""],
    ["${NONE:-${A}}", "1"],
    ["${A#x}", "${A#x}"],
    ["$", "$"],
    ["a$", "a$"],
    ["${A", "${A"],
  ])("expands %s", (word, expected) => {
    const values: Record<string, string> = { A: "1", EMPTY: "" };
    expect(expandWord(word, (name) => values[name])).toBe(expected);
  });
});

describe("splitScript", () => {
  it("loses no character of a script", () => {
    fc.assert(
      fc.property(text, (script) => {
        expect(splitPieces(script).join("")).toBe(script);
      }),
      runs,
    );
  });

  it("finds the commands that were joined", () => {
    const command = fc
      .array(text.map(quote), { minLength: 1, maxLength: 3 })
      .map((words) => `run ${words.join(" ")}`);
    const joint = fc.constantFrom(" && ", "; ", "\n", " \\\n && ");
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 4 }), joint, (commands, between) => {
        expect(splitScript(commands.join(between))).toEqual(commands.map((each) => each.trim()));
      }),
      runs,
    );
  });

  it.each([
    "a || b",
    "a | b",
    "if x; then y; fi",
    "for i in 1; do x; done",
    "(a; b)",
    "cat <<X\nX",
  ])("leaves %j as it is", (script) => expect(splitScript(script)).toBeUndefined());
});

describe("lexDockerfile", () => {
  it("joins continued lines wherever they are broken, comments between them or not", () => {
    const word = fc.stringMatching(/^[a-z0-9./][a-z0-9./-]{0,5}$/);
    const breaks = fc.constantFrom(
      " ",
      " \\\n",
      " \\  \n",
      " \\\n# comment\n",
      " \\\n\n  # c \\\n",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, breaks), { minLength: 1, maxLength: 6 }), (pairs) => {
        const body = pairs.map(([each, gap]) => each + gap).join("");
        const { instructions } = lexDockerfile(`FROM a\nRUN ${body}end\nCMD x\n`, "Dockerfile");
        expect(instructions.map(({ keyword }) => keyword)).toEqual(["FROM", "RUN", "CMD"]);
        const expected = [...pairs.map(([each]) => each), "end"];
        expect(splitWords(instructions[1]?.rest ?? "")).toEqual(expected);
      }),
      runs,
    );
  });

  it("keeps the body of a here-document as it is", () => {
    const line = text.filter((value) => !/[\n\r]/.test(value) && value !== "EOF");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const body = lines.join("\n");
        const between = lines.length === 0 ? "" : `${body}\n`;
        const source = `FROM a\nRUN <<EOF\n${between}EOF\nCMD x\n`;
        const { instructions } = lexDockerfile(source, "Dockerfile");
        expect(instructions[1]?.heredocs).toEqual([body]);
        expect(instructions[2]?.place.line).toBe(4 + lines.length);
      }),
      runs,
    );
  });
});

describe("the converter", () => {
  it("converts any text or refuses it with a place, and never breaks", () => {
    const keyword = fc.constantFrom(
      ..."FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL #".split(
        " ",
      ),
    );
    const rest = fc.oneof(
      text,
      fc.constantFrom("a AS b", "--from=b /x /y", '["a", "b"]', "A=1", "pip install -r x"),
    );
    const line = fc.tuple(keyword, rest).map((parts) => parts.join(" "));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const source = `FROM python:3 AS b\n${lines.join("\n")}\n`;
        try {
          dockerfileConverter.convert({ text: source, file: "Dockerfile", has: () => false });
        } catch (error) {
          if (!(error instanceof Hop3Error)) throw error;
          expect(error.failure.place?.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
