import type { Hop3Error } from "../../errors.ts";
import type { ReadContext } from "../lockfile.ts";
import { lockfileEntryInvalid, lockfileUnsupportedSource } from "../lockfile-errors.ts";
import { quote } from "./quote.ts";

export function missingField(context: ReadContext, entry: string, field: string): Hop3Error {
  return lockfileEntryInvalid({
    place: context.placeOf(entry),
    entry,
    problem: `has no ${field}`,
  });
}

/** A git source without a full commit is whatever the branch holds today. */
export function unsupportedGit(context: ReadContext, name: string, source: string): Hop3Error {
  return lockfileUnsupportedSource({
    place: context.placeOf(source),
    name,
    source: `${quote(source)}, which names no full commit`,
    hint: `Depend on a released version of ${name}, or on a full commit of 40 digits`,
  });
}

export function outsideApp(context: ReadContext, name: string, path: string): Hop3Error {
  return lockfileUnsupportedSource({
    place: context.placeOf(path),
    name,
    source: `${quote(path)}, outside the app`,
    hint: "Deploy the directory that holds both, or publish the package",
  });
}
