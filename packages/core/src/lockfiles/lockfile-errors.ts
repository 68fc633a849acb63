import { defineError, ExitCode, type Place } from "../errors.ts";
import { quote } from "./shared/quote.ts";

const usage = { exitCode: ExitCode.usage, status: 422 } as const;

/** What every failure of a lockfile knows: the file, and the place where there is one. */
interface InFile {
  readonly place: Place;
}

export const lockfileMissing = defineError<InFile & { wanted: string; refresh: string }>({
  code: "LOCKFILE_MISSING",
  ...usage,
  message: ({ place, wanted }) => `${place.file} needs ${wanted}, and it is not there`,
  hint: ({ refresh }) => `Run ${refresh} and add the file it writes to the app`,
  place: ({ place }) => place,
});

export const lockfileSyntax = defineError<InFile & { problem: string; refresh?: string }>({
  code: "LOCKFILE_SYNTAX",
  ...usage,
  message: ({ place, problem }) => `${place.file} cannot be read: ${problem}`,
  hint: ({ place, refresh }) =>
    refresh === undefined
      ? `Correct ${place.file}, or let its tool write it again`
      : `Let its tool write it again: ${refresh}`,
  place: ({ place }) => place,
});

export const lockfileVersion = defineError<
  InFile & { found: string; known: string; refresh: string }
>({
  code: "LOCKFILE_VERSION",
  ...usage,
  message: ({ place, found, known }) =>
    `${place.file} has lockfile version ${found}; known are ${known}`,
  hint: ({ refresh }) => `Write it again: ${refresh}`,
  place: ({ place }) => place,
});

export const lockfileNoHash = defineError<
  InFile & { names: readonly string[]; reason: string; refresh?: string | undefined }
>({
  code: "LOCKFILE_NO_HASH",
  ...usage,
  message: ({ place, names, reason }) =>
    `${place.file} has no usable hash for ${nameSome(names)}: ${reason}`,
  hint: ({ refresh }) => {
    const own = refresh === undefined ? "" : `, or let the tool write them: ${refresh}`;
    return `Run hop3 nix lock, which records the missing hashes in hop3.lock${own}`;
  },
  place: ({ place }) => place,
  detail: ({ names }) => (names.length > 1 ? names.slice(0, 50).join("\n") : undefined),
});

export const lockfileHashInvalid = defineError<InFile & { name: string; hash: string }>({
  code: "LOCKFILE_HASH_INVALID",
  ...usage,
  message: ({ place, name, hash }) =>
    `${place.file} gives ${name} the hash ${quote(hash)}, which is not one`,
  hint: () =>
    "A hash is sha512-, sha256- or sha1- and base64, or sha256: and 64 hex digits; restore the line or write the file again",
  place: ({ place }) => place,
});

export const lockfileUnsupportedSource = defineError<
  InFile & { name: string; source: string; hint: string }
>({
  code: "LOCKFILE_UNSUPPORTED_SOURCE",
  ...usage,
  message: ({ place, name, source }) => `${place.file} takes ${quote(name)} from ${source}`,
  hint: ({ hint }) => hint,
  place: ({ place }) => place,
});

export const lockfileEntryInvalid = defineError<InFile & { entry: string; problem: string }>({
  code: "LOCKFILE_ENTRY_INVALID",
  ...usage,
  message: ({ place, entry, problem }) => `${place.file}: entry ${quote(entry)} ${problem}`,
  hint: ({ place }) =>
    `No tool writes that; look at how ${place.file} came about and write it again`,
  place: ({ place }) => place,
});

export const lockfileTooLarge = defineError<InFile & { problem: string }>({
  code: "LOCKFILE_TOO_LARGE",
  ...usage,
  message: ({ place, problem }) => `${place.file} ${problem}`,
  hint: () => "A lockfile of that size is no lockfile; remove what does not belong into it",
  place: ({ place }) => place,
});

export const lockfileOutOfStep = defineError<
  InFile & { manifest: string; differences: readonly string[]; refresh: string }
>({
  code: "LOCKFILE_OUT_OF_STEP",
  ...usage,
  message: ({ place, manifest, differences }) => {
    const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : "";
    return `${place.file} does not belong to ${manifest}: ${differences[0] ?? "they differ"}${more}`;
  },
  hint: ({ place, refresh }) => `Refresh it with ${refresh}, then deploy ${place.file} as well`,
  place: ({ place }) => place,
  detail: ({ differences }) =>
    differences.length > 1 ? differences.slice(0, 50).join("\n") : undefined,
});

function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
