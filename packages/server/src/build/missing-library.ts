import { nixLibraryMissing } from "../nix/errors.ts";

interface LibrarySearch {
  packagesOfLibrary(library: string): Promise<readonly string[]>;
}

/** The failure of a build that found programs of others and not all libraries that they load. */
export async function missingLibrary(
  stderr: string,
  { packagesOfLibrary }: LibrarySearch,
): Promise<Error | undefined> {
  const said = /^error: auto-patchelf could not satisfy dependency (\S+) wanted by (.+)$/gm;
  const missing = [...stderr.matchAll(said)].map(([, library = "", path = ""]) => ({
    library,
    program: path.replace(/^\/nix\/store\/[a-z0-9]{32}-/, ""),
  }));
  const [first] = missing;
  if (first === undefined) return undefined;
  const libraries = [...new Set(missing.map(({ library }) => library))];
  const found = await Promise.all(libraries.map((library) => packagesOfLibrary(library)));
  const packages = found.flatMap((names) => names.slice(0, 1));
  const lines = missing.map(({ library, program }) => `${program}: ${library}`);
  const all = missing.length > 1 ? [...new Set(lines)].join("\n") : "";
  return nixLibraryMissing({ ...first, packages, all });
}
