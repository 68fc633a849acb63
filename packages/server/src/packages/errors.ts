import { defineError, ExitCode } from "@hop3/core";

export const packagesNotLocked = defineError<{ homeDir: string }>({
  code: "PACKAGES_NOT_LOCKED",
  exitCode: ExitCode.failure,
  status: 409,
  message: ({ homeDir }) => `No package set has been locked in ${homeDir}/packages`,
  hint: () => "Run: hop3 packages update",
});

export const packagesLockInvalid = defineError<{ path: string; reason: string }>({
  code: "PACKAGES_LOCK_INVALID",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ path, reason }) => `The package lock ${path} cannot be used: ${reason}`,
  hint: () => "Write it anew: hop3 packages update",
});

export const packagesUnsupportedHost = defineError<{ missing: string }>({
  code: "PACKAGES_HOST_UNSUPPORTED",
  exitCode: ExitCode.failure,
  status: 409,
  message: ({ missing }) =>
    `The package set 'debian' needs ${missing}, which this machine does not have`,
  hint: () =>
    "Run Hop3 on Debian, or choose nixpkgs: set packages.set to nixpkgs with a revision and its sha256, or the path of a local copy",
});

export const packagesNoIndex = defineError<{ reason: string }>({
  code: "PACKAGES_INDEX_MISSING",
  exitCode: ExitCode.failure,
  status: 409,
  message: ({ reason }) => `apt has no usable package index: ${reason}`,
  hint: () => "Run: apt-get update",
});

export const packagesDownloadFailed = defineError<{ what: string; log: string }>({
  code: "PACKAGES_DOWNLOAD_FAILED",
  exitCode: ExitCode.failure,
  status: 502,
  message: ({ what }) => `${what} could not be fetched from the machine's package mirror`,
  hint: () => "Run: apt-get update, then: hop3 packages update",
  detail: ({ log }) => log,
});

export const nixpkgsUnavailable = defineError<{ reason: string }>({
  code: "NIXPKGS_UNAVAILABLE",
  exitCode: ExitCode.failure,
  status: 409,
  message: ({ reason }) => `The package set 'nixpkgs' cannot be used: ${reason}`,
  hint: () =>
    "Configure packages.nixpkgs with a revision and its sha256 or with the path of a local copy, or set packages.set to debian",
});

export const nixpkgsPinUnavailable = defineError<{ rev: string }>({
  code: "NIXPKGS_PIN_UNAVAILABLE",
  exitCode: ExitCode.failure,
  status: 409,
  message: ({ rev }) =>
    `nixpkgs ${rev.slice(0, 12)}, which [nix] nixpkgs-rev asks for, cannot be fetched from here and is not in the store`,
  hint: () =>
    "Remove nixpkgs-rev and nixpkgs-sha256 to build with the server's package set, or deploy where the revision can be fetched",
  place: () => ({ file: "hop3.toml" }),
});

export const nixpkgsPinRefused = defineError<{ rev: string }>({
  code: "NIXPKGS_PIN_REFUSED",
  exitCode: ExitCode.notAllowed,
  status: 422,
  message: ({ rev }) =>
    `[nix] nixpkgs-rev asks for nixpkgs ${rev.slice(0, 12)}, and this server builds with the package set 'debian' alone`,
  hint: () =>
    "Remove nixpkgs-rev and nixpkgs-sha256 to build with the server's package set, or let the operator set packages.set to auto",
  place: () => ({ file: "hop3.toml" }),
});
