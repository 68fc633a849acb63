import { z } from "zod";
import { defineError, ExitCode } from "../errors.ts";
import { artifactSchema, BuildArtifact } from "./build-artifact.ts";

export const releaseNewer = defineError<{ what: string; found: number }>({
  code: "RELEASE_NEWER",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ what, found }) =>
    `${what} was made by a newer Hop3: its release.json has schema ${found}, and this one reads those up to ${artifactSchema}`,
  hint: () => "Update this Hop3, or make a release with it: hop3 deploy",
});

type Stored = Readonly<Record<string, unknown>>;

/**
 * What makes an artifact of one schema one of the next, by the schema it has. 2: health checks by connection, launchers,
 * local builds (toolchains, and no derivation) and images came in; all of it may be absent, so nothing is made up.
 */
const upgrades: ReadonlyMap<number, (old: Stored) => Stored> = new Map([
  [1, (old) => ({ ...old, schema: 2 })],
]);

const Versioned = z.looseObject({ schema: z.int() });

/** The schema of an artifact that this version cannot read because a later one has written it. */
export function newerSchema(stored: unknown): number | undefined {
  const found = Versioned.safeParse(stored).data?.schema;
  return found !== undefined && found > artifactSchema ? found : undefined;
}

/** An artifact as any version up to this one has written it, in today's form. */
export const StoredArtifact = z.unknown().transform(upgrade).pipe(BuildArtifact);

function upgrade(stored: unknown): unknown {
  const versioned = Versioned.safeParse(stored).data;
  if (versioned === undefined) return stored;
  const step = upgrades.get(versioned.schema);
  return step === undefined ? stored : upgrade(step(versioned));
}
