import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { listPlaces, quote } from "./completion/words.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { commandTree } from "./tree.ts";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync("/tmp/hop3-complete-");
  writeFileSync(join(dir, "hop3"), "#!/bin/sh\necho hello\necho new-app\n");
  chmodSync(join(dir, "hop3"), 0o755);
  writeFileSync(join(dir, "hop3.bash"), bashCompletion(commandTree));
  writeFileSync(join(dir, "hop3.zsh"), zshCompletion(commandTree));
  writeFileSync(join(dir, "hop3.fish"), fishCompletion(commandTree));
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

function shell(program: string, args: readonly string[]): string {
  const env = { PATH: `${dir}:/usr/bin:/bin`, HOME: dir, TERM: "dumb", LC_ALL: "C.UTF-8" };
  return execFileSync(program, args, { encoding: "utf8", env, cwd: dir });
}

/** What bash offers for the last word of a line. */
function completeBash(line: string): string[] {
  const words = line.split(" ");
  const script = `source hop3.bash
compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hop3; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shell("bash", ["--norc", "-euc", script, "bash", ...words])
    .split("\n")
    .filter((word) => word !== "");
}

function completeFish(line: string): string[] {
  const script = `source hop3.fish; complete -C '${line}'`;
  const lines = shell("fish", ["--no-config", "-c", script]).split("\n");
  return lines.map((each) => each.split("\t")[0] ?? "").filter((word) => word !== "");
}

const shown = (commandTree.children ?? [])
  .filter((child) => child.hidden !== true)
  .map(({ name }) => name);

const cases: readonly { line: string; has: readonly string[]; lacks?: readonly string[] }[] = [
  { line: "hop3 ", has: shown, lacks: ["complete-apps", "unset"] },
  { line: "hop3 re", has: ["releases", "restart"], lacks: ["deploy"] },
  { line: "hop3 config ", has: ["list", "set", "unset"], lacks: ["deploy", "hello"] },
  { line: "hop3 config set --", has: ["--file", "--no-restart", "--json"], lacks: ["--reveal"] },
  { line: "hop3 logs ", has: ["hello", "new-app"] },
  { line: "hop3 logs --app ", has: ["hello", "new-app"] },
  { line: "hop3 logs --app hello --", has: ["--follow", "--worker"], lacks: ["--force"] },
  { line: "hop3 --home /x logs -f ne", has: ["new-app"], lacks: ["hello"] },
  { line: "hop3 completion ", has: ["bash", "zsh", "fish"] },
  { line: "hop3 server s", has: ["start", "stop", "status"], lacks: ["token"] },
];

describe("bash", () => {
  it.each(cases)("completes '$line'", ({ line, has, lacks }) => {
    const offered = completeBash(line);
    expect(offered).toEqual(expect.arrayContaining([...has]));
    for (const word of lacks ?? []) expect(offered).not.toContain(word);
  });

  it("offers directories to deploy", () => {
    writeFileSync(join(dir, "a-file"), "");
    expect(completeBash(`hop3 deploy ${dir.slice(0, -2)}`)).toEqual([dir]);
    expect(completeBash("hop3 config set --file a-f")).toEqual(["a-file"]);
    expect(completeBash("hop3 run --app hello -- a")).toEqual([]);
  });
});

describe.skipIf(!existsSync("/usr/bin/fish"))("fish", () => {
  it.each(cases)("completes '$line'", ({ line, has, lacks }) => {
    const offered = completeFish(line);
    expect(offered).toEqual(expect.arrayContaining([...has]));
    for (const word of lacks ?? []) expect(offered).not.toContain(word);
  });
});

describe.skipIf(!existsSync("/usr/bin/zsh"))("zsh", () => {
  it("takes the script, evaluated or autoloaded, and defines every place", () => {
    const script = `autoload -Uz compinit; compinit -D -u; source ./hop3.zsh; print -l \${(ok)functions} $_comps[hop3]`;
    const lines = shell("zsh", ["-fc", script]).split("\n");
    const names = listPlaces(commandTree).map(({ path }) => ["_hop3", ...path].join("_"));
    expect(lines).toEqual(expect.arrayContaining([...names, "_hop3"]));
  });

  it.each(cases)("completes '$line'", ({ line, has, lacks }) => {
    const offered = completeZsh(line);
    for (const word of has) expect(offered).toContain(word);
    for (const word of lacks ?? []) expect(offered).not.toMatch(new RegExp(`\\b${word}\\b`));
  });
});

/** What an interactive zsh on a terminal of its own shows when Tab is pressed at the end of a line. */
function completeZsh(line: string): string {
  const script = `zmodload zsh/zpty; zpty z zsh -f -i
zpty -w z "PS1=; cd ${dir}; autoload -Uz compinit; compinit -D -u; source ./hop3.zsh; LISTMAX=1000; stty columns 60 rows 100; bindkey '^I' list-choices; bindkey '^X' kill-whole-line; echo REA''DY"
zpty -r z line '*READY*'
zpty -w -n z ${quote(line)}$'\t'
typeset all=""; integer quiet=0
while (( quiet < 15 )); do
  if zpty -r -t z out; then all+=$out; quiet=0; else quiet+=1; sleep 0.05; fi
done
print -r -- $all`;
  const shown = shell("zsh", ["-fc", script]);
  // Colours and cursor movements of the line editor, and the line itself, are not what is offered.
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");
  const text = shown.replace(escapes, "");
  return text.slice(text.indexOf("\n", text.indexOf(line.trim())));
}
