import { defineError, ExitCode } from "@hop3/core";

export const previewNameTooLong = defineError<{ app: string }>({
  code: "PREVIEW_NAME_TOO_LONG",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ app }) => `the name ${app} is too long for the address of a preview`,
  hint: () => "Previews are for apps of at most 51 characters",
});

export const previewNotFound = defineError<{ preview: string }>({
  code: "PREVIEW_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ preview }) => `there is no preview '${preview}'`,
  hint: () => "Those that there are: hop3 previews list APP. A push of the branch makes one",
});

export const tooManyPreviews = defineError<{ app: string; limit: number }>({
  code: "PREVIEWS_TOO_MANY",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, limit }) => `${app} has ${limit} previews already`,
  hint: ({ app }) =>
    `Remove one (hop3 previews list ${app}), or raise [previews] max in server.toml`,
});
