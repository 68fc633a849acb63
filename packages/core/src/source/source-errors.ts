import { defineError, ExitCode } from "../errors.ts";

export const sourceNotFound = defineError<{ directory: string }>({
  code: "SOURCE_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ directory }) => `there is no directory ${directory}`,
  hint: () => "Name the directory of your app: hop3 deploy DIR, or go there and run hop3 deploy",
});

export const sourceNotDirectory = defineError<{ directory: string }>({
  code: "SOURCE_NOT_DIRECTORY",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ directory }) => `${directory} is a file, and a deploy takes a directory`,
  hint: ({ directory }) => `Name the directory that holds ${directory}`,
});

export const sourceEmpty = defineError<{ directory: string; dropped: readonly string[] }>({
  code: "SOURCE_EMPTY",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ directory, dropped }) =>
    dropped.length === 0
      ? `${directory} holds no files, so there is nothing to deploy`
      : `nothing of ${directory} is left to deploy: all of it is ignored`,
  hint: ({ dropped }) =>
    dropped.length === 0
      ? "Go to the directory of your app; a hop3.nix in it is enough to start with"
      : "Bring files back with a line such as !dist/ in .hop3ignore",
  detail: ({ dropped }) => (dropped.length === 0 ? undefined : dropped.slice(0, 20).join("\n")),
});

export const sourceUnreadable = defineError<{ path: string; reason: string }>({
  code: "SOURCE_UNREADABLE",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ path, reason }) => `${path} cannot be read: ${reason}`,
  hint: ({ path }) =>
    `Make it readable for you (ls -l shows its owner), or add ${path} to .hop3ignore`,
  place: ({ path }) => ({ file: path }),
});

export const sourceLinkEscapes = defineError<{ path: string; target: string }>({
  code: "SOURCE_LINK_ESCAPES",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ path, target }) =>
    `the link ${path} leads to ${target}, outside the directory that is deployed`,
  hint: ({ path }) =>
    `Put the file itself there, link to something inside the app, or add ${path} to .hop3ignore`,
  place: ({ path }) => ({ file: path }),
});

export const sourceFileTooLarge = defineError<{ path: string; mebibytes: number; most: number }>({
  code: "SOURCE_FILE_TOO_LARGE",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ path, mebibytes }) =>
    `${path} is ${mebibytes} MiB large, and the plan is to be made of it`,
  hint: ({ path, most }) =>
    `No file of its kind has more than ${most} MiB; look at what ${path} holds, or add it to .hop3ignore`,
  place: ({ path }) => ({ file: path }),
});

/** True where a link at `path` with this target stays inside the tree, judged by the text alone. */
export function linkStaysInside(path: string, target: string): boolean {
  if (target.startsWith("/")) return false;
  let depth = path.split("/").length - 1;
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    depth += part === ".." ? -1 : 1;
    if (depth < 0) return false;
  }
  return true;
}
