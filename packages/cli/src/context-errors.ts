import { defineError, ExitCode } from "@hop3/core/base";

export const contextNotFound = defineError<{ name: string; known: readonly string[] }>({
  code: "CONTEXT_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ name }) => `no server is known as '${name}'`,
  hint: ({ known }) =>
    known.length === 0
      ? "Sign in to one: hop3 login URL"
      : `One of: local, ${known.join(", ")}; or sign in to another: hop3 login URL`,
});

export const contextsUnusable = defineError<{ file: string; because: string; fix: string }>({
  code: "CONTEXTS_UNUSABLE",
  exitCode: ExitCode.usage,
  status: 500,
  message: ({ file, because }) => `${file} cannot be used: ${because}`,
  hint: ({ fix }) => `Mend it: ${fix}`,
});

export const passwordsDiffer = defineError<Record<string, never>>({
  code: "PASSWORDS_DIFFER",
  exitCode: ExitCode.usage,
  status: 422,
  message: () => "the two passwords are not the same",
  hint: () => "Type them again; nothing was changed",
});
