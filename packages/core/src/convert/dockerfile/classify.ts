import { type Runtime, runtimeNamed } from "../runtimes.ts";
import { installRules } from "./install-rules.ts";
import type { Outcome, Rule } from "./outcome.ts";
import { expandWord, splitWords } from "./words.ts";

const readOnly = "a Release is read-only; an app writes to $HOP3_DATA_DIR";
const noNetwork = "a build has no network; fetch it with its hash in hop3.nix, or commit the file";

function refuse(pattern: RegExp, reason: string): Rule {
  return { pattern, outcome: () => ({ kind: "refused", reason }) };
}

function ignore(pattern: RegExp): Rule {
  return { pattern, outcome: () => ({ kind: "noise" }) };
}

/** The first rule that fits counts. */
const rules: readonly Rule[] = [
  ...installRules,
  ignore(/^(?:set|true|:|export|ldconfig|update-ca-certificates|apt-mark|hash)\b/),
  ignore(/^rm (?:-\S+ )*(?:\/var\/(?:lib\/apt|cache)|\/tmp|\/root\/|~\/|\/etc\/apk)/),
  ignore(/^find \/(?:usr|opt|var)\b.* -delete$/),
  refuse(
    /^(?:useradd|adduser|groupadd|addgroup|usermod|passwd)\b/,
    "each app runs under a user of its own",
  ),
  refuse(
    /^(?:chown|chgrp|setcap)\b/,
    "files of a Release belong to the store; each app runs under a user of its own",
  ),
  refuse(/^chmod\b/, "git keeps the executable bit; other rights of a Release are fixed"),
  refuse(/^(?:mkdir|touch|ln|mv|cp|install)\b.* \/(?!tmp)/, readOnly),
  refuse(/^(?:curl|wget|git clone|npx|add-apt-repository|gpg|apt-key)\b/, noNetwork),
  refuse(/^(?:a2enmod|a2dismod|a2ensite|nginx)\b/, "the router stands in front of the app"),
  refuse(/^(?:echo|printf|sed -i|tee)\b.* \/etc\//, "there is no /etc of the app's own"),
];

/** Judges one simple command. */
export function classify(command: string): Outcome {
  const words = commandWords(command);
  const text = words.join(" ");
  const rule = rules.find(({ pattern }) => pattern.test(text));
  return rule === undefined ? { kind: "build" } : rule.outcome(words);
}

/** Without assignments and sudo in front, and without the directory of the program. */
function commandWords(command: string): string[] {
  const words = splitWords(command).map((word) => expandWord(word, (name) => `$${name}`));
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== "sudo");
  const [program = "", ...others] = start === -1 ? [] : words.slice(start);
  return [program.replace(/^\/(?:\S*\/)?bin\//, ""), ...others];
}

/** The runtime of an outcome, where it tells one. */
export function runtimeOf(outcome: Outcome): Runtime | undefined {
  const name = "runtime" in outcome ? outcome.runtime : undefined;
  return name === undefined ? undefined : runtimeNamed(name);
}
