import { defineError, ExitCode, type Place } from "@hop3/core";

export const nixMissing = defineError<{ program: string }>({
  code: "NIX_MISSING",
  exitCode: ExitCode.failure,
  status: 503,
  message: ({ program }) => `${program} is not on this machine, so nothing can be built`,
  hint: () => "Install Nix from the distribution: apt-get install --no-install-recommends nix-bin",
});

interface EvaluationProblem {
  readonly place: Place;
  readonly reason: string;
  readonly trace: string;
  readonly nearest?: readonly string[] | undefined;
}

export const nixSyntax = defineError<EvaluationProblem>({
  code: "NIX_SYNTAX",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ place, reason }) => `${place.file} is not valid Nix: ${reason}`,
  hint: ({ place }) => `Look at line ${place.line ?? 1}; nothing was built or changed`,
  place: ({ place }) => place,
  detail: ({ trace }) => trace,
});

export const nixEvalFailed = defineError<EvaluationProblem>({
  code: "NIX_EVAL_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ place, reason }) => `${place.file} cannot be evaluated: ${reason}`,
  hint: ({ nearest, place }) =>
    nearest !== undefined && nearest.length > 0
      ? `Did you mean ${nearest.map((name) => `'${name}'`).join(" or ")}? Search: hop3 packages search NAME`
      : `Look at ${place.file}${place.line === undefined ? "" : ` line ${place.line}`}; --verbose shows Nix's own trace`,
  place: ({ place }) => place,
  detail: ({ trace }) => trace,
});

export const nixImpure = defineError<EvaluationProblem>({
  code: "NIX_IMPURE",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ place, reason }) =>
    `${place.file} reads something outside its own files and the package set: ${reason}`,
  hint: () =>
    "Put the file into the app's tree, or take the value from an environment variable at run time (hop3 config set)",
  place: ({ place }) => place,
  detail: ({ trace }) => trace,
});

export const nixContract = defineError<{ place: Place; reason: string; hint: string; all: string }>(
  {
    code: "NIX_CONTRACT",
    exitCode: ExitCode.deployFailed,
    status: 422,
    message: ({ reason }) => reason,
    hint: ({ hint }) => hint,
    place: ({ place }) => place,
    detail: ({ all }) => (all === "" ? undefined : all),
  },
);

export const nixPackageOutputs = defineError<{ place: Place; outputs: readonly string[] }>({
  code: "NIX_PACKAGE_OUTPUTS",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ outputs }) =>
    `package has the outputs ${outputs.join(", ")}, and none of them is 'out' or 'bin'`,
  hint: ({ outputs }) => `Name the one that runs: package = … .${outputs[0] ?? "out"};`,
  place: ({ place }) => place,
});

export const nixBuildFailed = defineError<{ derivation: string; lastLines: string; log: string }>({
  code: "NIX_BUILD_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ derivation }) => `building ${derivation} failed`,
  hint: ({ log }) => `The whole log: hop3 logs --build, or ${log}`,
  detail: ({ lastLines }) => lastLines,
});

export const nixBuildTimeout = defineError<{
  derivation: string;
  seconds: number;
  kind: "total" | "silent";
  lastLines: string;
}>({
  code: "NIX_BUILD_TIMEOUT",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ derivation, seconds, kind }) =>
    kind === "total"
      ? `building ${derivation} took longer than ${seconds} s and was stopped`
      : `building ${derivation} said nothing for ${seconds} s and was stopped`,
  hint: ({ kind }) =>
    kind === "total"
      ? "Raise it in hop3.toml: [build.nix] timeout = SECONDS"
      : "Raise it in hop3.toml: [build.nix] max-silent-time = SECONDS",
  detail: ({ lastLines }) => lastLines,
});

export const nixDiskFull = defineError<{ lastLines: string }>({
  code: "NIX_DISK_FULL",
  exitCode: ExitCode.deployFailed,
  status: 507,
  message: () => "the disk was full while building",
  hint: () =>
    "See what is free with: df -h /nix /tmp; drop old Releases or collect the store (nix-store --gc), then deploy again",
  detail: ({ lastLines }) => lastLines,
});

export const nixLibraryMissing = defineError<{
  library: string;
  program: string;
  packages: readonly string[];
  all: string;
}>({
  code: "NIX_LIBRARY_MISSING",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ library, program }) =>
    `${program} needs the library ${library}, which no package given to its build has`,
  hint: ({ library, packages }) =>
    packages.length > 0
      ? `Add its package: [nix] nixpkgs-packages = ${JSON.stringify(packages)}`
      : `Add the package that has ${library} to [nix] nixpkgs-packages; \`hop3 packages search\` finds packages`,
  detail: ({ all }) => (all === "" ? undefined : all),
});

export const nixCommandNotFound = defineError<{
  owner: string;
  word: string;
  available: readonly string[];
  nearest: readonly string[];
  place: Place;
}>({
  code: "NIX_COMMAND_NOT_FOUND",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ owner, word }) =>
    `${owner} starts '${word}', which neither the package nor its propagated inputs bring`,
  hint: ({ nearest, word }) =>
    nearest.length > 0
      ? `Did you mean ${nearest.map((name) => `'${name}'`).join(" or ")}? Else add what brings ${word} to propagatedBuildInputs`
      : `Add what brings ${word} to propagatedBuildInputs, or write its full path: \${pkgs.…}/bin/${word}`,
  place: ({ place }) => place,
  detail: ({ available }) =>
    available.length === 0
      ? "There are no programs in them at all."
      : `Programs that exist: ${listSome(available)}`,
});

export const archiveUnsafe = defineError<{ reason: string; place: Place | undefined }>({
  code: "ARCHIVE_UNSAFE",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ reason }) => `the archive of [nix] url is not unpacked: ${reason}`,
  hint: () =>
    "Look at what is in it (tar -tvf, unzip -l); packed again without that, and with its new sha256, it is accepted",
  place: ({ place }) => place,
});

export const nixRuntimeJson = defineError<{ reason: string; hint?: string }>({
  code: "NIX_RUNTIME_JSON",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ reason }) => `the package's hop3/runtime.json ${reason}`,
  hint: ({ hint }) =>
    hint ?? 'It holds an object like {"workers": {"web": "…"}, "env": {"KEY": "value"}}',
});

export const nixNotPure = defineError<{ file: string }>({
  code: "POLICY_IMPURE",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ file }) => `${file} asks for an impure evaluation, which this server does not allow`,
  hint: () =>
    "Remove [build.nix] pure = false, or let the operator set allow-impure in server.toml",
});

export const nixNotSandboxed = defineError<{ derivation: string; place: Place }>({
  code: "POLICY_SANDBOX",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ derivation }) =>
    `${derivation} asks for a build out of the sandbox (__noChroot), which this server does not allow`,
  hint: () => "Remove __noChroot, or let the operator set [policy] sandbox = false in server.toml",
  place: ({ place }) => place,
});

export const nixEnvironment = defineError<{ reason: string; hint: string }>({
  code: "NIX_UNUSABLE",
  exitCode: ExitCode.failure,
  status: 503,
  message: ({ reason }) => `Nix does not work on this machine: ${reason}`,
  hint: ({ hint }) => hint,
});

export const registryMissing = defineError<{ registry: string }>({
  code: "REGISTRY_MISSING",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ registry }) =>
    `the app needs packages of the registry '${registry}', and this server has no address of it`,
  hint: ({ registry }) =>
    `Set it in the server's server.toml, then start the server again: [registries] ${registry} = "https://…"`,
});

const shownPrograms = 60;

function listSome(names: readonly string[]): string {
  const more = names.length - shownPrograms;
  return `${names.slice(0, shownPrograms).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
