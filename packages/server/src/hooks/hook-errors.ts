import { defineError, ExitCode } from "@hop3/core";

export const hookNotFound = defineError<{ hook: string }>({
  code: "HOOK_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ hook }) => `there is no hook '${hook}'`,
  hint: () => "Those that there are: hop3 hooks list APP",
});

export const tooManyHooks = defineError<{ limit: number }>({
  code: "HOOKS_TOO_MANY",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ limit }) => `an app has at most ${limit} hooks`,
  hint: () => "Remove one first: hop3 hooks remove HOOK --app APP",
});

export const hookSignatureWrong = defineError<{ reason: string }>({
  code: "HOOK_SIGNATURE_WRONG",
  exitCode: ExitCode.notSignedIn,
  status: 401,
  message: ({ reason }) => `the delivery is not taken: ${reason}`,
  hint: () => "Enter the secret at the forge that hop3 hooks add has printed, or make a new hook",
});

export const hookReplayed = defineError<{ delivery: string }>({
  code: "HOOK_REPLAYED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ delivery }) => `the delivery ${delivery} has come before`,
  hint: () => "Nothing was done. To deploy again, push, or: hop3 deploy",
});

export const hookBodyInvalid = defineError<{ reason: string }>({
  code: "HOOK_BODY_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => `the delivery cannot be understood: ${reason}`,
  hint: () => "Hooks take what GitHub, GitLab, Gitea and Forgejo send; see docs/guides/webhooks.md",
});

export const addressUnfit = defineError<{ url: string; reason: string }>({
  code: "REMOTE_URL_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ url, reason }) => `'${url}' ${reason}`,
  hint: () =>
    "Write it as https://forge.example.org/owner/name.git or git@forge.example.org:owner/name.git, without a password",
});

export const addressInternal = defineError<{ host: string; address: string }>({
  code: "REMOTE_ADDRESS_INTERNAL",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ host, address }) =>
    host === address
      ? `${host} is an address of an internal network`
      : `${host} is at ${address}, an address of an internal network`,
  hint: ({ host }) =>
    `If this server shall go there: [hooks] internal-hosts = ["${host}"] in server.toml`,
});

export const hostUnknown = defineError<{ host: string; reason: string }>({
  code: "REMOTE_HOST_UNKNOWN",
  exitCode: ExitCode.unreachable,
  status: 502,
  message: ({ host, reason }) => `the address of ${host} cannot be found: ${reason}`,
  hint: () => "Look for a mistake in the name, and at the name service of the server",
});

export const fetchFailed = defineError<{ repository: string; reason: string }>({
  code: "REMOTE_FETCH_FAILED",
  exitCode: ExitCode.unreachable,
  status: 502,
  message: ({ repository }) => `${repository} cannot be fetched`,
  detail: ({ reason }) => reason,
  hint: ({ repository }) =>
    repository.startsWith("ssh:")
      ? "The forge has to know the deploy key: hop3 hooks key APP. Try it: hop3 hooks test HOOK --app APP"
      : "Where it is not public: hop3 hooks add with --user and --password-file. Try it: hop3 hooks test HOOK --app APP",
});

export const keyRefused = defineError<{ repository: string }>({
  code: "REMOTE_KEY_REFUSED",
  exitCode: ExitCode.notAllowed,
  status: 502,
  message: ({ repository }) => `the host of ${repository} does not let the deploy key in`,
  hint: () => "Enter it at the forge as a deploy key that may read: hop3 hooks key APP",
});

export const hostKeyWrong = defineError<{ host: string; known: string; shown: string | undefined }>(
  {
    code: "REMOTE_HOST_KEY_WRONG",
    exitCode: ExitCode.notAllowed,
    status: 502,
    message: ({ host, known, shown }) =>
      shown === undefined
        ? `${host} does not have the key ${known} any more`
        : `${host} shows the key ${shown}, and not ${known}`,
    hint: () =>
      "Somebody may stand between. If the forge publishes the new one: hop3 hooks trust HOOK --host-key SHA256:… --app APP",
  },
);

export const hookWithoutSsh = defineError<{ repository: string }>({
  code: "HOOK_WITHOUT_SSH",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ repository }) => `${repository} is not fetched over SSH: there is no key of its host`,
  hint: () => "Keys of hosts are for addresses such as git@forge.example.org:owner/name.git",
});

export const hookTimeWrong = defineError<{ seconds: number }>({
  code: "HOOK_TIME_WRONG",
  exitCode: ExitCode.notSignedIn,
  status: 401,
  message: ({ seconds }) =>
    `the delivery is not taken: it was signed ${Math.abs(seconds)} seconds ${seconds < 0 ? "ahead of the clock here" : "ago"}`,
  hint: () => "Compare the clocks of both machines, and let the forge send it again",
});

export const receiverNotFound = defineError<{ receiver: string }>({
  code: "RECEIVER_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ receiver }) => `there is no receiver '${receiver}' here`,
  hint: () => "Those that there are: hop3 notify list --app APP, or hop3 notify list --all",
});

export const noticeNotFound = defineError<{ notice: number }>({
  code: "NOTICE_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ notice }) => `the receiver was not told anything that has the number ${notice}`,
  hint: () => "The last ones are shown by: hop3 notify list",
});

export const tooManyReceivers = defineError<{ limit: number }>({
  code: "RECEIVERS_TOO_MANY",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ limit }) => `there are ${limit} receivers already`,
  hint: () => "Remove one first: hop3 notify remove RECEIVER",
});
