import { defineError, ExitCode } from "@hop3/core";

export const workerNotFound = defineError<{
  app: string;
  release: number;
  worker: string;
  nearest: readonly string[];
  known: readonly string[];
}>({
  code: "WORKER_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ app, release, worker }) => `release ${release} of '${app}' has no worker '${worker}'`,
  hint: ({ nearest: [near], known }) => {
    const workers = known.length === 0 ? "It has none" : `Its workers: ${known.join(", ")}`;
    return near === undefined ? workers : `Did you mean '${near}'? ${workers}`;
  },
});

export const workerNotScalable = defineError<{ app: string; worker: string; reason: string }>({
  code: "WORKER_NOT_SCALABLE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ app, worker, reason }) =>
    `no number of instances can be chosen for '${worker}' of '${app}': ${reason}`,
  hint: ({ app }) => `Those that can be scaled: hop3 scale --app ${app}`,
});
