import { defineError, ExitCode } from "@hop3/core";

export const bundleInvalid = defineError<{ reason: string }>({
  code: "BUNDLE_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => `this is no bundle of a Release: ${reason}`,
  hint: () => "Make one on the other machine: hop3 release export N --app APP > FILE",
});

export const bundleNewer = defineError<{ found: number; known: number }>({
  code: "BUNDLE_NEWER",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ found, known }) =>
    `the bundle has schema ${found}, and this server knows those up to ${known}`,
  hint: () => "Update this server, or export with the version that it has",
});

export const bundleUntrusted = defineError<{ path: string; keys: readonly string[] }>({
  code: "BUNDLE_UNTRUSTED",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ path }) => `nobody whom this server trusts has signed ${path}`,
  hint: () =>
    "Add the other machine's key (hop3 release key, there) to [policy] trusted-keys in server.toml here, and start the server again",
});

export const bundleIncomplete = defineError<{ output: string }>({
  code: "BUNDLE_INCOMPLETE",
  exitCode: ExitCode.failure,
  status: 422,
  message: () => "the bundle does not bring everything that its Release needs",
  hint: () => "Export it again without --have, or with a list made on this machine",
  detail: ({ output }) => output.trimEnd().split("\n").slice(-10).join("\n"),
});

export const releaseNotPortable = defineError<{ app: string; release: number; reason: string }>({
  code: "RELEASE_NOT_PORTABLE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, release, reason }) =>
    `release ${release} of ${app} cannot be taken elsewhere: ${reason}`,
  hint: () => "Releases that Nix has built and that are kept can; hop3 releases lists them",
});
