import { defineError, ExitCode } from "@hop3/core";

export const dockerNoEngine = defineError<{ file: string; problems: readonly string[] }>({
  code: "DOCKER_NO_ENGINE",
  exitCode: ExitCode.failure,
  status: 503,
  message: ({ file, problems }) =>
    `the builder 'docker' takes this app (found ${file}), and the server has no engine to build it with: ${problems.join("; ")}`,
  hint: () =>
    "Install one on the server (apt-get install podman) and look with: hop3 doctor; or do without: hop3 init writes a hop3.toml from the Dockerfile",
});

export const dockerBuildFailed = defineError<{
  file: string;
  step: string | undefined;
  reason: string;
  output: string;
}>({
  code: "DOCKER_BUILD_FAILED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ file, step, reason }) =>
    step === undefined ? `${file} was not built: ${reason}` : `${file}: ${step} failed: ${reason}`,
  hint: ({ step }) =>
    step?.startsWith("FROM ") === true
      ? "The server could not get this image: check its name and that the server reaches its registry"
      : "The last lines of the build say why; the whole log: hop3 logs --build",
  place: ({ file }) => ({ file }),
  detail: ({ output }) => output,
});

export const dockerNoCommand = defineError<{ file: string }>({
  code: "DOCKER_NO_COMMAND",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ file }) => `nothing says what to run: ${file} has neither ENTRYPOINT nor CMD`,
  hint: ({ file }) => `Add CMD ["…"] to ${file}, or [run] start = "…" to hop3.toml`,
  place: ({ file }) => ({ file }),
});
