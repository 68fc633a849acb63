import type { Hop3Error } from "../../errors.ts";
import type { ReadContext } from "../lockfile.ts";
import { lockfileUnsupportedSource } from "../lockfile-errors.ts";
import { machineOf, type Target } from "../target.ts";

/** A package of which no file runs here and no source can be built. */
export function noFileForTarget(context: ReadContext, name: string, version: string): Hop3Error {
  return lockfileUnsupportedSource({
    place: context.placeOf(`"${name}"`),
    name,
    source: `files that do not run on ${describe(context.target)}`,
    hint: `Choose a version of ${name} other than ${version} that has such a wheel or a source archive, or give the dependency a marker`,
  });
}

function describe(target: Target): string {
  return `${target.os} ${machineOf(target)} with Python ${target.python}`;
}
