import { z } from "zod";

const Derivation = z.object({
  outputs: z.record(
    z.string(),
    // A hash fixes the content beforehand; later versions of Nix leave the path out of such an output.
    z.object({ path: z.string().optional(), hash: z.string().optional() }),
  ),
  inputSrcs: z.array(z.string()),
  /** What is asked of each has another form in every version; only which ones counts here. */
  inputDrvs: z.record(z.string(), z.unknown()),
  builder: z.string(),
  env: z.record(z.string(), z.string()),
});
export type Derivation = z.infer<typeof Derivation>;

/** Derivations by their own store path. */
export type Derivations = ReadonlyMap<string, Derivation>;

/** Reads what `nix show-derivation` prints. */
export function parseDerivations(text: string): Derivations {
  return new Map(Object.entries(z.record(z.string(), Derivation).parse(JSON.parse(text))));
}

/** The name that its author gave it: without hash and `.drv`. */
export function derivationName(drvPath: string): string {
  return /\/[a-z0-9]{32}-(.+)\.drv$/.exec(drvPath)?.[1] ?? drvPath;
}

export function isFixedOutput({ outputs }: Derivation): boolean {
  return outputs["out"]?.hash !== undefined;
}

/** Store paths, by what would have to happen with them. */
export interface Missing {
  readonly built: readonly string[];
  readonly fetched: readonly string[];
}

/** Reads what a dry run of Nix says: a heading for each list, and its paths indented below. */
export function parseMissing(text: string): Missing {
  const built: string[] = [];
  const fetched: string[] = [];
  let list: string[] | undefined;
  for (const line of text.split("\n")) {
    if (/will be built:$/.test(line)) list = built;
    else if (/will be fetched/.test(line)) list = fetched;
    else if (/^ +\/nix\/store\//.test(line)) list?.push(line.trim());
    else list = undefined;
  }
  return { built, fetched };
}
