/** What go.mod says, as far as it decides about downloads. */
export interface GoMod {
  readonly module: string | undefined;
  readonly requires: readonly { readonly name: string; readonly version: string }[];
  readonly replaces: readonly GoReplace[];
}

/** `replace name [version] => to [toVersion]`; without `toVersion`, `to` is a directory. */
export interface GoReplace {
  readonly name: string;
  readonly version: string | undefined;
  readonly to: string;
  readonly toVersion: string | undefined;
}

/** A module's path or version as file names and addresses have it: capitals differ on no file system. */
export function escapeGoPath(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/** Reads go.mod; lines of no interest and lines that are wrong are go's own business. */
export function parseGoMod(text: string): GoMod {
  const lines = statements(text);
  const [module] = lines.flatMap(([verb, name]) => (verb === "module" && name ? [name] : []));
  return {
    module,
    requires: lines.flatMap(([verb, name, version]) =>
      verb === "require" && name !== undefined && version !== undefined ? [{ name, version }] : [],
    ),
    replaces: lines.flatMap((words) => readReplace(words)),
  };
}

/** Each statement as words, verb first, whether it stands alone or in a block. */
function statements(text: string): readonly (readonly string[])[] {
  let block: string | undefined;
  const found: string[][] = [];
  for (const words of text.split("\n").map(wordsOf)) {
    const [first = ""] = words;
    if (block === undefined && words.at(-1) === "(") block = first;
    else if (block !== undefined && first === ")") block = undefined;
    else if (first !== "") found.push([...(block === undefined ? [] : [block]), ...words]);
  }
  return found;
}

function wordsOf(line: string): string[] {
  const [code = ""] = line.split("//", 1);
  return code
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => word.replace(/^(["`])(.*)\1$/, "$2"));
}

function readReplace([verb, ...words]: readonly string[]): readonly GoReplace[] {
  const arrow = words.indexOf("=>");
  if (verb !== "replace" || arrow < 1) return [];
  const [name = "", version] = words.slice(0, arrow);
  const [to, toVersion] = words.slice(arrow + 1);
  return to === undefined ? [] : [{ name, version, to, toVersion }];
}

/** What a required module is taken from: itself, or what replaces it. */
export function replacementOf(
  { replaces }: GoMod,
  { name, version }: { readonly name: string; readonly version: string },
): GoReplace | undefined {
  return replaces.find(
    (one) => one.name === name && (one.version === undefined || one.version === version),
  );
}
