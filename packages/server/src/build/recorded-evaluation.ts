import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withoutGaps } from "@hop3/core";
import { z } from "zod";
import { sourceStorePath } from "../nix/store-path.ts";
import { PackageArguments } from "../packages/package-set.ts";

/** What an evaluation was made from, so that it can be made again. Trees are named by their hash. */
export const RecordedEvaluation = z.strictObject({
  schema: z.literal(1),
  /** The Nix code of this program, as it was. */
  tree: z.string(),
  packages: PackageArguments,
  source: z.string(),
  /** The directory of the Source that is the app. */
  below: z.string().optional(),
  generated: z.string().nullable(),
  file: z.string(),
  app: z.string(),
  overrides: z.json(),
  pure: z.boolean(),
});
export type RecordedEvaluation = z.infer<typeof RecordedEvaluation>;

function fileOf(releaseDir: string): string {
  return join(releaseDir, "evaluation.json");
}

export async function recordEvaluation(
  releaseDir: string,
  evaluation: RecordedEvaluation,
): Promise<void> {
  await writeFile(fileOf(releaseDir), `${JSON.stringify(evaluation)}\n`, { mode: 0o640 });
}

/** The first record among Releases of one closure; undefined where all are older than these records. */
export async function readEvaluation(
  releaseDirs: readonly string[],
): Promise<RecordedEvaluation | undefined> {
  for (const dir of releaseDirs) {
    const text = await readFile(fileOf(dir), "utf8").catch(() => undefined);
    const recorded =
      text === undefined ? undefined : RecordedEvaluation.safeParse(JSON.parse(text)).data;
    if (recorded !== undefined) return recorded;
  }
  return undefined;
}

/** The tree of a hash where the store has it: uploads are gone by now. */
function stored(narHash: string, path = sourceStorePath(narHash)): object {
  return { path, narHash };
}

/** Argument of nix/release.nix for the same evaluation; addresses are those of today. */
export function inputOf(
  recorded: RecordedEvaluation,
  today: { readonly packages: PackageArguments; readonly registries: object },
): Readonly<Record<string, unknown>> {
  const { packages, source, below, generated, file, app, overrides } = recorded;
  return {
    packages: withAddresses(packages, today.packages),
    source: { ...stored(source), ...withoutGaps({ below }) },
    registries: today.registries,
    generated: generated === null ? null : stored(generated),
    file,
    app,
    overrides,
  };
}

/** An update of the set may have taken the files of the earlier lock away; the store has them. */
function withAddresses(recorded: PackageArguments, today: PackageArguments): PackageArguments {
  if (recorded.kind !== "debian" || today.kind !== "debian") return recorded;
  const keep = (tree: typeof recorded.index) =>
    existsSync(tree.path) ? tree : { ...tree, path: sourceStorePath(tree.narHash) };
  return {
    ...recorded,
    index: keep(recorded.index),
    seed: keep(recorded.seed),
    mirrors: recorded.mirrors.length === today.mirrors.length ? today.mirrors : recorded.mirrors,
    npmRegistry: today.npmRegistry,
  };
}
