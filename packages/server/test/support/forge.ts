import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gitEnvironment } from "./git.ts";

/** What a forge would send: headers and body as its own documentation shows them. */
export interface SentDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function hexHmac(body: string, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

interface Push {
  readonly branch: string;
  readonly commit: string;
  readonly delivery?: string;
}

const noCommit = "0".repeat(40);

/** https://docs.github.com/webhooks: push. */
export function githubPush({ branch, commit, delivery = "1" }: Push, secret: string): SentDelivery {
  const body = JSON.stringify({
    ref: `refs/heads/${branch}`,
    before: noCommit,
    after: commit,
    created: false,
    deleted: commit === noCommit,
    forced: false,
    compare: "https://github.com/octo/shop/compare/a...b",
    repository: { id: 1, name: "shop", full_name: "octo/shop", private: false },
    pusher: { name: "octo", email: "octo@example.org" },
    delivery,
  });
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-event": "push",
      "x-github-delivery": `72d3162e-cc78-11e3-81ab-${delivery}`,
      "x-hub-signature-256": `sha256=${hexHmac(body, secret)}`,
    },
    body,
  };
}

/** GitLab's documentation of webhook events: Push Hook. */
export function gitlabPush({ branch, commit, delivery = "1" }: Push, secret: string): SentDelivery {
  const body = JSON.stringify({
    object_kind: "push",
    event_name: "push",
    before: noCommit,
    after: commit,
    ref: `refs/heads/${branch}`,
    checkout_sha: commit,
    project_id: 15,
    total_commits_count: 1,
    delivery,
  });
  return {
    headers: {
      "content-type": "application/json",
      "x-gitlab-event": "Push Hook",
      "x-gitlab-event-uuid": `13792a34-cac6-4fda-95a8-${delivery}`,
      "x-gitlab-token": secret,
    },
    body,
  };
}

/** Gitea's documentation of webhooks; Forgejo adds headers of its own name. */
export function giteaPush({ branch, commit, delivery = "1" }: Push, secret: string): SentDelivery {
  const body = JSON.stringify({
    ref: `refs/heads/${branch}`,
    before: noCommit,
    after: commit,
    compare_url: "http://localhost:3000/gitea/webhooks/compare/a...b",
    commits: [],
    repository: { id: 140, name: "shop", full_name: "gitea/shop" },
    pusher: { id: 1, login: "gitea" },
    delivery,
  });
  return {
    headers: {
      "content-type": "application/json",
      "x-gitea-delivery": `f6266f16-1bf3-46a5-9ea4-${delivery}`,
      "x-gitea-event": "push",
      "x-gitea-signature": hexHmac(body, secret),
      "x-github-event": "push",
    },
    body,
  };
}

/** Forgejo's documentation of webhooks: its own headers beside those of Gitea and GitHub. */
export function forgejoPush(push: Push, secret: string): SentDelivery {
  const { headers, body } = giteaPush(push, secret);
  const own = {
    "x-forgejo-delivery": headers["x-gitea-delivery"] ?? "",
    "x-forgejo-event": "push",
    "x-forgejo-signature": hexHmac(body, secret),
    "x-hub-signature-256": `sha256=${hexHmac(body, secret)}`,
  };
  return { headers: { ...headers, ...own }, body };
}

/** The same delivery from a GitLab that has a signing token, as its documentation of webhooks says. */
export function signByStandard(
  { headers, body }: SentDelivery,
  secret: string,
  { seconds, name = headers["x-gitlab-event-uuid"] ?? "" }: { seconds: number; name?: string },
): SentDelivery {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = createHmac("sha256", key).update(`${name}.${seconds}.${body}`).digest("base64");
  const { "x-gitlab-token": _token, ...rest } = headers;
  const signature = {
    "idempotency-key": name,
    "webhook-id": name,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${signed}`,
  };
  return { headers: { ...rest, ...signature }, body };
}

/** Pull request of GitHub, and of Gitea, which has taken over its form. */
export function pullRequest(
  request: { branch: string; state: "open" | "closed"; from?: string; delivery: string },
  secret: string,
): SentDelivery {
  const { branch, state, from = "octo/shop", delivery } = request;
  const body = JSON.stringify({
    action: state === "open" ? "opened" : "closed",
    number: 7,
    pull_request: {
      state,
      merged: false,
      head: { ref: branch, sha: noCommit, repo: { full_name: from } },
      base: { ref: "main", sha: noCommit, repo: { full_name: "octo/shop" } },
    },
    delivery,
  });
  return {
    headers: {
      "content-type": "application/json",
      "x-github-event": "pull_request",
      "x-github-delivery": `pr-${delivery}`,
      "x-hub-signature-256": `sha256=${hexHmac(body, secret)}`,
    },
    body,
  };
}

/** Repositories below a directory, served by git itself to whoever has the password. */
export interface ForgeServer {
  readonly url: string;
  /** Requests that brought the right credential. */
  readonly admitted: () => number;
  close(): void;
}

/** `onRequest` is called while whoever asks waits for the answer. */
export async function serveForge(
  root: string,
  password: string,
  onRequest = (): void => {},
): Promise<ForgeServer> {
  const expected = `Basic ${Buffer.from(`git:${password}`).toString("base64")}`;
  let admitted = 0;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="forge"' }).end();
      return;
    }
    admitted += 1;
    onRequest();
    runBackend(root, request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    admitted: () => admitted,
    close: () => server.close(),
  };
}

function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      REMOTE_USER: "git",
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("close", () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf("\r\n\r\n");
    const headers = all.subarray(0, end).toString().split("\r\n");
    for (const header of headers) {
      const [name = "", value = ""] = header.split(": ");
      if (name === "Status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.end(all.subarray(end + 4));
  });
}
