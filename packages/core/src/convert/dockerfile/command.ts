import type { Command } from "../../artifact/runtime-config.ts";
import type { Place } from "../../errors.ts";
import type { Draft } from "../draft.ts";
import { type Origin, type Origins, originOf } from "./origin.ts";
import type { ImageCommand, StageState } from "./state.ts";
import { quote, splitWords } from "./words.ts";

interface Started {
  readonly command: Command;
  readonly place: Place;
}

/** What the image starts, with paths of the image turned into paths of the app. */
export function startCommand(draft: Draft, origins: Origins): Started | undefined {
  const joined = joinCommand(draft, origins.state);
  if (joined === undefined) return undefined;
  const { command, place } = joined;
  if (typeof command === "string") {
    return { command: mapText(draft, origins, { text: command, place }), place };
  }
  const words = command.map((word) => mapWord(draft, origins, { word, place }));
  return { command: words, place };
}

/** ENTRYPOINT and CMD as Docker puts them together. */
function joinCommand(draft: Draft, { entrypoint, command }: StageState): Started | undefined {
  for (const part of [entrypoint, command]) {
    if (part === undefined || part.words !== undefined || !part.text.startsWith("[")) continue;
    const reason = "it is not JSON (JSON has double quotes), so Docker gives it to a shell as text";
    draft.warn(`${part.text} is taken as it is`, reason, part.place);
  }
  const main = entrypoint ?? command;
  if (main === undefined || main.words?.length === 0) return undefined;
  const { place } = main;
  if (entrypoint === undefined || command === undefined)
    return { command: unwrapShell(commandOf(main)), place };
  if (entrypoint.words === undefined) {
    const reason = "an ENTRYPOINT that is no list takes no arguments; Docker ignores it too";
    draft.warn(`CMD ${command.text} is not carried over`, reason, command.place);
    return { command: entrypoint.text, place };
  }
  const args = command.words ?? ["/bin/sh", "-c", command.text];
  return { command: unwrapShell([...entrypoint.words, ...args]), place };
}

function commandOf({ words, text }: ImageCommand): Command {
  return words === undefined ? text : [...words];
}

/** A string is given to a shell anyway. */
function unwrapShell(command: Command): Command {
  if (typeof command === "string" || command.length !== 3) return command;
  const [shell = "", option, script = ""] = command;
  const isShell = /^(?:\/bin\/|\/usr\/bin\/)?(?:ba|da|a)?sh$/.test(shell);
  return isShell && (option === "-c" || option === "-lc") && script.trim() !== ""
    ? script
    : command;
}

interface PlacedWord {
  readonly word: string;
  readonly place: Place;
}

/** Directories of programs: a package brings them, PATH finds them. */
const programDirectory = /^\/(?:usr\/(?:local\/)?)?s?bin\/(?=[^/]+$)|^\/(?:opt\/)?\.?venv\/bin\//;

function mapWord(draft: Draft, origins: Origins, { word, place }: PlacedWord): string {
  const origin = findWord(origins, word);
  if (origin?.kind === "app") return `./${origin.path}`;
  if (origin !== undefined) {
    const reason = "it comes out of the build; check what the package calls it";
    draft.warn(`${word} is called bin/${origin.name} here`, reason, place);
    return `bin/${origin.name}`;
  }
  if (programDirectory.test(word)) return word.replace(programDirectory, "");
  if (systemPath.test(word)) {
    draft.warn(`${word} is a path of the image`, "an app has no such file of its own", place);
  }
  return word;
}

/** Paths, and names of programs of the app that the image finds through PATH. */
function findWord(origins: Origins, word: string): Origin | undefined {
  if (word.startsWith("/") || word.startsWith("./")) return originOf(origins, word);
  if (!/^[\w.-]+$/.test(word)) return undefined;
  const found = ["/usr/local/bin", "/usr/bin", "/bin"].map((directory) =>
    originOf(origins, `${directory}/${word}`),
  );
  return found.find((origin) => origin?.kind === "app");
}

/** Directories that an image has and a Release has not. */
export const systemPath =
  /^\/(?:app|bin|code|etc|home|lib|opt|root|sbin|srv|usr|var|venv|workspace)(?:\/|$)/;

interface PlacedText {
  readonly text: string;
  readonly place: Place;
}

/** Only words without quotes and variables are paths for certain. */
function mapText(draft: Draft, origins: Origins, { text, place }: PlacedText): string {
  const isPlain = (word: string) => /^[\w@%+.,/-]+$/.test(word);
  let mapped = text;
  for (const word of new Set(splitWords(text).filter(isPlain))) {
    const changed = mapWord(draft, origins, { word, place });
    if (changed !== word) {
      mapped = mapped
        .split(/(\s+)/)
        .map((part) => (part === word ? changed : part))
        .join("");
    }
  }
  return mapped;
}

interface PortRewrite {
  readonly command: Command;
  readonly ports: readonly number[];
  readonly place: Place;
}

/** Ports of the image in the command become `$PORT`, since each process has one of its own. */
export function usePlatformPort(draft: Draft, { command, ports, place }: PortRewrite): Command {
  const text = typeof command === "string" ? command : command.map(quote).join(" ");
  if (/\$\{?PORT\b/.test(text)) return command;
  for (const port of ports) {
    const pattern = new RegExp(`(^|[\\s:=])${port}(?=$|\\s)`, "g");
    if (!pattern.test(text)) continue;
    const changed = text
      .replace(pattern, "$1$PORT")
      .replaceAll(
        /(^|[\s=])(?:0\.0\.0\.0|127\.0\.0\.1|localhost):\$PORT/g,
        "$1$BIND_ADDRESS:$PORT",
      );
    const reason = "each process gets an address of its own in $BIND_ADDRESS and $PORT";
    draft.warn(`the port ${port} of the command is written as $PORT`, reason, place);
    return changed;
  }
  return command;
}
