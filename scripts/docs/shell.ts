import { existsSync, readFileSync } from "node:fs";
import { type PageCommand, type PageStep, showsOutput } from "./page-script.ts";
import type { Preparation } from "./preparations.ts";

/** The command as the reader types it: with what is his in the place of what the page shows. */
function asTyped(text: string, { standsFor = {} }: Preparation): string {
  return Object.entries(standsFor).reduce(
    (typed, [shown, own]) => typed.replaceAll(shown, () => own),
    text,
  );
}

function startsOf(of: Readonly<Record<string, string>> = {}, text: string): string | undefined {
  return Object.entries(of).find(([start]) => text.startsWith(start))?.[1];
}

/** One shell for the whole page, so that `cd` and `export` hold; each command leaves what it printed and how it ended. */
export function toScript(
  steps: readonly PageStep[],
  preparation: Preparation,
  out: string,
): string {
  const lines = steps.map((step, index) => {
    if (step.kind === "file") return writeFile(step.path, step.text);
    const text = asTyped(step.text, preparation);
    const before = startsOf(preparation.interludes, step.text) ?? "";
    const typed = startsOf(preparation.typed, text);
    return `${before}\n${runInto(`${out}/${index}`, text, typed)}`;
  });
  return `${preparation.before ?? ""}\n${lines.join("\n")}\n`;
}

function writeFile(path: string, text: string): string {
  return `cat > '${path}' <<'END OF THE FILE'\n${text}END OF THE FILE`;
}

function runInto(file: string, text: string, typed: string | undefined): string {
  const kept = `> '${file}' 2>&1`;
  const ended = `echo $? > '${file}.code'`;
  if (typed !== undefined) {
    // A terminal, on which the answers are typed.
    const answers = `<<'END OF THE ANSWERS'\n${typed}END OF THE ANSWERS`;
    const command = `script --quiet --return --command "$command" /dev/null ${kept} ${answers}`;
    return `command=$(cat <<'END OF THE COMMAND'\n${text}\nEND OF THE COMMAND\n)\n${command}\n${ended}`;
  }
  if (!text.includes("hop3 server start")) return `{ ${text}\n} ${kept} < /dev/null; ${ended}`;
  // A server in the foreground: the reader goes on at another terminal once it is ready.
  return `{ ${text}\n} ${kept} < /dev/null &
until grep --quiet --no-messages '^Hop3 is ready' '${file}'; do kill -0 $! || break; sleep 0.1; done
kill -0 $!; ${ended}`;
}

/** What is wrong with how a command went. One whose output is shown may fail, but with no error that is not shown. */
export function judge({ text, output }: PageCommand, file: string): readonly string[] {
  if (!existsSync(`${file}.code`)) return [`$ ${text}\nnot reached`];
  const printed = readFileSync(file, "utf8");
  const code = readFileSync(`${file}.code`, "utf8").trim();
  const isShown = output === undefined || showsOutput(output, printed);
  const failure = /^error [A-Z_]+ /m.exec(printed)?.[0];
  const mayFail = output !== undefined && (failure === undefined || output.includes(failure));
  return isShown && (code === "0" || mayFail) ? [] : [`$ ${text}\n${printed}(${code})`];
}
