import { defineError, ExitCode } from "@hop3/core";

export const registryRefused = defineError<{
  registry: string;
  status: number;
  /** Whether the server has sent a token or password. */
  hasCredentials: boolean;
}>({
  code: "REGISTRY_REFUSED",
  exitCode: ExitCode.deployFailed,
  status: 502,
  message: ({ registry, status, hasCredentials }) =>
    hasCredentials
      ? `the registry '${registry}' refused the server's credentials (HTTP status ${status})`
      : `the registry '${registry}' asks for credentials (HTTP status ${status}), and the server has none`,
  hint: ({ registry, hasCredentials }) =>
    `${hasCredentials ? "Correct" : "Set"} token, or username and password, under [registries.${registry}] in the server's server.toml, then start the server again`,
});

export const registryUnreachable = defineError<{
  registry: string;
  url: string;
  reason: string;
}>({
  code: "REGISTRY_UNREACHABLE",
  exitCode: ExitCode.deployFailed,
  status: 502,
  message: ({ registry, url, reason }) => `the registry '${registry}' gave no ${url}: ${reason}`,
  hint: ({ registry }) =>
    `Try the address from the server's machine (curl -I), and look at [registries] ${registry} in server.toml`,
});
