import { createRoute, z } from "@hono/zod-openapi";
import {
  GitChange,
  GitInfo,
  parseAppName,
  SshKeyInfo,
  SshKeyRequest,
  withoutGaps,
} from "@hop3/core";
import type { Context } from "hono";
import { userNotFound } from "../../accounts/errors.ts";
import { may } from "../../accounts/principal.ts";
import type { SshKey } from "../../db/ssh-keys.ts";
import { deployBranch, findDeployBranch, refOf } from "../../git/deploy-branch.ts";
import { sshKeyNotFound } from "../../git/keys.ts";
import { hasRepository, readRef, repositoryDir } from "../../git/repository.ts";
import { allow, changes, describeChange, principalOf, reads } from "../access.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const getGit = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/git",
  description: "Where to push. Answered for an app that the first push is to make, too.",
  request: { params: AppParams },
  responses: { 200: json(GitInfo, "Addresses and deploy branch"), ...problems },
});
const changeGit = createRoute({
  ...changes("app.configure", "git.branch"),
  method: "patch",
  path: "/apps/{app}/git",
  request: { params: AppParams, body: jsonBody(GitChange) },
  responses: { 200: json(GitInfo, "Counts from the next push on"), ...problems },
});
const listKeys = createRoute({
  ...reads("account"),
  method: "get",
  path: "/keys",
  description: "Public SSH keys of the user who asks; for whoever manages users, those of all.",
  responses: { 200: json(z.object({ keys: z.array(SshKeyInfo) }), "Oldest first"), ...problems },
});
const addKey = createRoute({
  ...changes("account", "key.add"),
  method: "post",
  path: "/keys",
  request: { body: jsonBody(SshKeyRequest) },
  responses: { 200: json(SshKeyInfo, "It opens git over SSH"), ...problems },
});
const removeKey = createRoute({
  ...changes("account", "key.remove"),
  method: "delete",
  path: "/keys/{key}",
  request: { params: z.object({ key: z.string() }) },
  responses: { 204: { description: "It opens nothing any more" }, ...problems },
});

export function gitRoutes(service: Service) {
  const { deployer, git, platform } = service;
  const isTheirs = (c: Context, key: SshKey): boolean => {
    const principal = principalOf(c);
    return key.userId === principal.userId || may(principal, "users.manage");
  };
  return makeRoutes()
    .openapi(getGit, async (c) =>
      c.json(await showGit(service, parseAppName(c.req.valid("param").app)), 200),
    )
    .openapi(changeGit, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const { branch } = c.req.valid("json");
      const before = deployBranch({ platform }, app);
      platform.apps.chooseBranch(app.id, branch ?? undefined);
      describeChange(c, { before, after: deployBranch({ platform }, app) });
      return c.json(await showGit(service, app.name), 200);
    })
    .openapi(listKeys, (c) => {
      const found = git.keys.store.all().filter((key) => isTheirs(c, key));
      return c.json({ keys: found.map((key) => showKey(service, key)) }, 200);
    })
    .openapi(addKey, (c) => {
      const { key: text, name, user } = c.req.valid("json");
      const userId = user === undefined ? principalOf(c).userId : otherUser(service, c, user);
      // Without a user it is a key of the machine, which only the machine's owner gives out.
      if (userId === undefined) allow(c, "users.manage");
      const key = git.keys.add({ text, name, userId });
      describeChange(c, { target: key.fingerprint, after: key.name });
      return c.json(showKey(service, key), 200);
    })
    .openapi(removeKey, (c) => {
      const theirs = git.keys.store.all().filter((key) => isTheirs(c, key));
      const key = findKey(theirs, c.req.valid("param").key);
      git.keys.remove(key);
      describeChange(c, { target: key.fingerprint, before: key.name });
      return c.body(null, 204);
    });
}

function otherUser({ accounts }: Service, c: Context, name: string): number {
  const user = accounts.users.find(name);
  if (user?.id !== principalOf(c).userId || user === undefined) allow(c, "users.manage");
  if (user === undefined) throw userNotFound({ name });
  return user.id;
}

/** By its fingerprint, or by its name where that is no other's. */
function findKey(keys: readonly SshKey[], text: string): SshKey {
  const named = keys.filter(({ name }) => name === text);
  const found =
    keys.find(({ fingerprint }) => fingerprint === text) ??
    (named.length === 1 ? named[0] : undefined);
  if (found === undefined) throw sshKeyNotFound({ key: text });
  return found;
}

function showKey({ accounts }: Service, key: SshKey): SshKeyInfo {
  const user = key.userId === undefined ? undefined : accounts.users.findById(key.userId)?.name;
  const { fingerprint, name, type, createdAt, usedAt: lastUsedAt } = key;
  return withoutGaps({ fingerprint, name, type, user, createdAt, lastUsedAt }) as SshKeyInfo;
}

async function showGit({ platform, git, origin }: Service, name: string): Promise<GitInfo> {
  const app = platform.apps.find(name);
  const home = platform.home.app(name);
  const { branch, branchFrom } = findDeployBranch({ platform }, app);
  const commit =
    app !== undefined && hasRepository(home)
      ? await readRef(git.program, repositoryDir(home), refOf(branch))
      : undefined;
  const { "ssh-listen": listen, "ssh-user": user } = platform.settings.git;
  const ssh = listen && git.hostKey && { port: listen.port, hostKey: git.hostKey };
  const sshd = withoutGaps({ user, authorizedKeys: git.authorizedKeysFile });
  const url = `${origin}/git/${name}.git`;
  const info = { app: name, branch, branchFrom, exists: app !== undefined, commit, url, ssh, sshd };
  return withoutGaps(info) as GitInfo;
}
