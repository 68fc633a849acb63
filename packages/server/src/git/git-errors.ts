import { defineError, ExitCode } from "@hop3/core";

export const gitMissing = defineError<{ reason: string }>({
  code: "GIT_MISSING",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ reason }) => `the server cannot use git: ${reason}`,
  hint: () => "Install git on the server (apt install git), then look: hop3 doctor",
});

export const tokenUnusable = defineError<object>({
  code: "GIT_TOKEN_UNUSABLE",
  exitCode: ExitCode.notSignedIn,
  status: 401,
  message: () => "there is no such token: it was revoked, has ended or is mistyped",
  hint: () =>
    "Yours are shown by: hop3 tokens; another one: hop3 tokens create NAME app.deploy:APP",
});

export const repositoryNotFound = defineError<{ app: string }>({
  code: "GIT_REPOSITORY_NOT_FOUND",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ app }) => `nothing has been pushed to '${app}' yet`,
  hint: ({ app }) => `The first push makes its repository: hop3 git setup --app ${app}`,
});

export const createOnPushRefused = defineError<{ app: string }>({
  code: "GIT_CREATE_REFUSED",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ app }) => `there is no app '${app}', and this server makes none on a push`,
  hint: ({ app }) =>
    `Make it with: hop3 deploy --app ${app}; the server's setting is [policy] create-on-push`,
});

export const sourceSubmodules = defineError<{ paths: readonly string[] }>({
  code: "SOURCE_SUBMODULES",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ paths }) =>
    paths.length === 1
      ? `${paths[0]} is a submodule, and a push does not bring what is in it`
      : `${paths.length} directories are submodules, and a push does not bring what is in them: ${paths.slice(0, 5).join(", ")}`,
  hint: ({ paths }) =>
    `Deploy the checked-out tree instead: hop3 deploy; or take the files in: git rm --cached ${paths[0]} && git add ${paths[0]} (or git subtree)`,
});

export const sourceLfsPointers = defineError<{ paths: readonly string[] }>({
  code: "SOURCE_LFS_POINTERS",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ paths }) =>
    `${paths[0]} is a Git LFS pointer, not the content${paths.length === 1 ? "" : `, and so are ${paths.length - 1} other files`}: a push does not bring what LFS keeps`,
  hint: () =>
    "Deploy the checked-out tree instead: hop3 deploy; or put the files into git: git lfs migrate export; or, where the app does not need them: git push -o lfs-pointers",
});

export const pushOptionUnknown = defineError<{ option: string }>({
  code: "PUSH_OPTION_UNKNOWN",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ option }) => `there is no push option '${option}'`,
  hint: () => "There are: git push -o force, git push -o lfs-pointers",
});

export const refNotStored = defineError<{ ref: string }>({
  code: "GIT_REF_REFUSED",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ ref }) => `${ref} is neither a branch nor a tag`,
  hint: () => "Push branches and tags: git push hop3 main",
});

export const deployBranchKept = defineError<{ branch: string; app: string }>({
  code: "GIT_DEPLOY_BRANCH_KEPT",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ branch, app }) => `${branch} is what '${app}' is deployed from, so it stays`,
  hint: ({ app }) =>
    `Deploy from another branch first: hop3 git branch NAME --app ${app}; or remove the app: hop3 destroy ${app}`,
});

export const branchMoved = defineError<{ branch: string }>({
  code: "GIT_BRANCH_MOVED",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ branch }) => `another push has moved ${branch} in the meantime`,
  hint: ({ branch }) => `Take it in and push again: git pull --rebase hop3 ${branch}`,
});

export const notGitCommand = defineError<{ command: string }>({
  code: "GIT_COMMAND_REFUSED",
  exitCode: ExitCode.notAllowed,
  status: 403,
  message: ({ command }) =>
    command === "" ? "there is no shell here" : `'${command}' is not a command of git push`,
  hint: () => "This door is for git push, pull and clone; for all else: hop3 --help",
});

export const tooManySessions = defineError<{ limit: number }>({
  code: "GIT_BUSY",
  exitCode: ExitCode.conflict,
  status: 503,
  message: ({ limit }) => `${limit} pushes and clones are under way already`,
  hint: () => "Push again in a moment",
});
