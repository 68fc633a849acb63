import { Hop3Error, type LoadedConfig, type Place, type Plan } from "@hop3/core";

export interface GeneratedText {
  readonly plan: Plan;
  readonly loaded: LoadedConfig;
  /** What the template wrote; undefined where the project has its own expression, or none was written yet. */
  readonly text: string | undefined;
}

/**
 * A fault of a generated expression has a place in a file that its user has never seen. It is told with the line of
 * hop3.toml that it comes from, where there is one, else with the line of the generated text itself.
 */
export function explainGenerated({ plan, loaded, text }: GeneratedText, error: unknown): unknown {
  if (text === undefined || !(error instanceof Hop3Error)) return error;
  const { failure } = error;
  const { file, template } = plan.nix;
  if (failure.place?.file !== file || !failure.code.startsWith("NIX_")) return error;
  const message = failure.message.replace(file, `the hop3.nix that the template ${template} wrote`);
  const word = /attribute '([^']+)' missing|undefined variable '([^']+)'/.exec(failure.message);
  const own = placeOfWord(loaded, word?.[1] ?? word?.[2]);
  const line = lineOf(text, failure.place);
  const place = own ?? { ...failure.place, file: `generated ${file}` };
  const see = "The whole of it: hop3 nix plan";
  const hint = own === undefined ? `${line}. ${see}` : (failure.hint ?? `${line}. ${see}`);
  return new Hop3Error({ ...failure, message, hint, place }, { cause: error });
}

function lineOf(text: string, { line }: Place): string {
  const content = line === undefined ? undefined : text.split("\n")[line - 1];
  return content === undefined ? "It gives no line" : `Line ${line} is: ${content.trim()}`;
}

/** Where `[nix]` writes a word, as a value or in one: `pkgs.rediss`, `rediss`. */
function placeOfWord(loaded: LoadedConfig, word: string | undefined): Place | undefined {
  if (word === undefined) return undefined;
  const path = findWord(loaded.config.nix ?? {}, word);
  return path === undefined ? undefined : loaded.placeOf(["nix", ...path]);
}

function findWord(value: unknown, word: string): readonly (string | number)[] | undefined {
  if (typeof value === "string") {
    return value.split(/[^A-Za-z0-9_'-]+/).includes(word) ? [] : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const below = findWord(item, word);
    if (below !== undefined) return [Array.isArray(value) ? Number(key) : key, ...below];
  }
  return undefined;
}
