import { defineError, ExitCode } from "@hop3/core";

export const uploadBroken = defineError<{ reason: string }>({
  code: "UPLOAD_BROKEN",
  exitCode: ExitCode.failure,
  status: 400,
  message: ({ reason }) => `the upload cannot be unpacked: ${reason}`,
  hint: () => "Deploy again; nothing was changed",
});

export const uploadTooLarge = defineError<{ limit: number; unit: string }>({
  code: "UPLOAD_TOO_LARGE",
  exitCode: ExitCode.usage,
  status: 413,
  message: ({ limit, unit }) => `the app's files are more than ${limit} ${unit}`,
  hint: () =>
    "Leave out what the build does not need: .hop3ignore; or raise the limit in server.toml [policy]",
});

export const uploadNotFound = defineError<{ upload: string }>({
  code: "UPLOAD_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ upload }) => `the server knows no upload ${upload.slice(0, 12)} of this app`,
  hint: () => "Uploads that nobody finishes are kept for a day. Begin again: hop3 deploy",
});

export const uploadIncomplete = defineError<{ missing: string }>({
  code: "UPLOAD_INCOMPLETE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ missing }) => `the upload is not complete: the server lacks ${missing}`,
  hint: () => "Deploy again: only what is missing is sent",
});

export const uploadContentWrong = defineError<{ path: string; reason: string }>({
  code: "UPLOAD_CONTENT_WRONG",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ path, reason }) => `${path} is not what the upload's list says: ${reason}`,
  hint: () => "Deploy again; a file that is changed while it is sent is refused",
  place: ({ path }) => ({ file: path }),
});

export const uploadContentUnwanted = defineError<{ reason: string }>({
  code: "UPLOAD_CONTENT_UNWANTED",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => `what was sent does not belong to this upload: ${reason}`,
  hint: () => "Ask what is missing: GET /apps/{app}/uploads/{upload}",
});

export const uploadPartMoved = defineError<{ path: string; offset: number }>({
  code: "UPLOAD_PART_MOVED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ path, offset }) =>
    `${path} cannot be continued at byte ${offset}: another upload of this app is sending it, or a part of it is gone`,
  hint: () => "Ask what has arrived and go on there; hop3 deploy does so by itself",
});

export const uploadListWrong = defineError<{ reason: string }>({
  code: "UPLOAD_LIST_WRONG",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => `the upload's list of files cannot be used: ${reason}`,
  hint: () => "Deploy with the hop3 of this server's version: hop3 --version, hop3 server status",
});

export const uploadContentDamaged = defineError<{ path: string }>({
  code: "UPLOAD_CONTENT_DAMAGED",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ path }) => `what the server had kept of ${path} is damaged, and was removed`,
  hint: () => "Deploy again: that file is sent anew. If it comes back, look at the disk (dmesg)",
});
