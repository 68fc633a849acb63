import { defineError, ExitCode } from "@hop3/core";

export const toolchainStepFailed = defineError<{
  toolchain: string;
  command: string;
  reason: string;
  output: string;
}>({
  code: "TOOLCHAIN_STEP_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ toolchain, command, reason }) => `${toolchain}: ${command} ${reason}`,
  hint: () => "The last lines of the build say why; the whole log: hop3 logs --build",
  detail: ({ output }) => output,
});

export const toolchainUnknown = defineError<{ toolchain: string; known: readonly string[] }>({
  code: "TOOLCHAIN_UNKNOWN",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ toolchain }) => `there is no toolchain '${toolchain}'`,
  hint: ({ known }) => `Name one of these in [build] toolchain: ${known.join(", ")}`,
  place: () => ({ file: "hop3.toml" }),
});

export const toolsMissing = defineError<{
  attribute: string;
  nearest: readonly string[];
  packageSet: string;
}>({
  code: "TOOLS_MISSING",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ attribute, packageSet }) =>
    `the package set ${packageSet} has no '${attribute}', which the build needs`,
  hint: ({ nearest }) =>
    nearest.length > 0
      ? `Nearest names: ${nearest.join(", ")}; see [build] packages in hop3.toml`
      : "Search for the right name with: hop3 packages search; then set it in [build] packages",
});

export const localCommandNotFound = defineError<{
  owner: string;
  word: string;
  available: readonly string[];
}>({
  code: "LOCAL_COMMAND_NOT_FOUND",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ owner, word }) => `${owner}: there is no program '${word}' in what was built`,
  hint: ({ available }) =>
    `Programs there are: ${available.slice(0, 30).join(", ")}${available.length > 30 ? ", …" : ""}`,
});

export const localNoWorkers = defineError<{ toolchains: readonly string[] }>({
  code: "LOCAL_NO_WORKERS",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ toolchains }) =>
    `nothing says what to run: no Procfile, no [run] start, and ${toolchains.join(" and ")} could not tell`,
  hint: () => 'Add [run] start = "…" to hop3.toml, or a Procfile with a line "web: …"',
});
