import { once } from "node:events";
import {
  cpSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { type Argv, run } from "../../packages/server/src/proc/run.ts";

/** What the documentation calls other machines. All of them are this one. */
const names = [
  "hop3.example.org",
  "example.org",
  "git.example.org",
  "github.com",
  "chat.example.org",
];

const apart = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** The user and token that the documentation has at its forge. */
const credential = `Basic ${Buffer.from("deploy:token").toString("base64")}`;

/** The world of the documentation's examples: a server elsewhere, forges, a chat, behind real TLS at port 443. */
export interface World {
  readonly dir: string;
  /** Goes before a command that shall find these names, and trust them. */
  readonly near: Argv;
  /** The same in a network with processes of its own: every port is free there, and nothing is left of it. */
  readonly apart: Argv;
  /** Hosts that a server takes as its own network, for server.toml. */
  readonly names: readonly string[];
  /** From now on hop3.example.org is this port. */
  serve(apiPort: number): void;
  close(): Promise<void>;
}

/** Needs root, as everything that stands for another machine. `site` becomes the repository of the forges. */
export async function makeWorld(site: string): Promise<World> {
  const dir = mkdtempSync("/tmp/hop3-world-");
  // One of the many addresses of this machine's own: nobody else listens there.
  const address = `127.77.${(process.pid >> 8) & 255}.${(process.pid & 127) + 1}`;
  writeFileSync(join(dir, "hosts"), `${address} ${names.join(" ")}\n`);
  await makeCertificates(dir);
  await makeRepository(dir, site);
  let api = 0;
  const secrets = { key: read(dir, "server.key"), cert: read(dir, "server.pem") };
  const front = createServer(secrets, (incoming, response) => {
    const { host = "" } = incoming.headers;
    if (host === "hop3.example.org") forward(api, incoming, response);
    else if (host === "chat.example.org") incoming.resume().once("end", () => response.end());
    else serveRepository(dir, incoming, response);
  }).listen(443, address);
  await once(front, "listening");
  const closing = new AbortController();
  const sshd = await startSshd(dir, address, closing.signal);
  const script = join(import.meta.dirname, "machine.sh");
  return {
    dir,
    names,
    near: ["unshare", "--mount", script, "near", dir],
    apart: ["unshare", ...apart, script, "apart", dir],
    serve(apiPort) {
      api = apiPort;
    },
    async close() {
      closing.abort();
      await sshd.ended;
      front.close();
      front.closeAllConnections();
      rmSync(dir, { recursive: true });
    },
  };
}

function read(dir: string, file: string): Buffer {
  return readFileSync(join(dir, file));
}

async function runOrThrow(argv: Argv, cwd: string): Promise<void> {
  const { exitCode, stderr } = await run({ argv, cwd });
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
}

/** An authority, and one certificate of it for all names: server.pem with server.key. */
async function makeCertificates(dir: string): Promise<void> {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = ["-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem"];
  await runOrThrow(["openssl", "req", "-x509", ...key, ...authority], dir);
  const own = ["-subj", "/CN=hop3", "-keyout", "server.key", "-out", "server.csr"];
  await runOrThrow(["openssl", "req", ...key, ...own], dir);
  const valid = names.map((name) => `DNS:${name}`).join(",");
  writeFileSync(join(dir, "names"), `subjectAltName=${valid}\n`);
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
  await runOrThrow(
    ["openssl", "x509", "-req", "-in", "server.csr", ...signed, "-out", "server.pem"],
    dir,
  );
}

/** Nobody gets in: a forge's door, which shows its key. */
async function startSshd(dir: string, address: string, signal: AbortSignal) {
  await runOrThrow(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "sshd.key"], dir);
  const config = [
    `ListenAddress ${address}`,
    `HostKey ${dir}/sshd.key`,
    "PidFile none",
    "UsePAM no",
    "PasswordAuthentication no",
  ];
  writeFileSync(join(dir, "sshd.conf"), `${config.join("\n")}\n`);
  mkdirSync("/run/sshd", { recursive: true });
  return { ended: run({ argv: ["/usr/sbin/sshd", "-D", "-f", join(dir, "sshd.conf")], signal }) };
}

/** A repository as plain files, which is enough for asking what its branches are. */
async function makeRepository(dir: string, site: string): Promise<void> {
  const work = join(dir, "work");
  cpSync(site, work, { recursive: true });
  await runOrThrow(["git", "init", "--quiet", "--initial-branch", "main"], work);
  await runOrThrow(["git", "add", "."], work);
  const who = ["-c", "user.name=Jane", "-c", "user.email=jane@example.org"];
  await runOrThrow(["git", ...who, "commit", "--quiet", "--message", "first"], work);
  mkdirSync(join(dir, "forge"));
  const bare = join(dir, "forge/shop.git");
  await runOrThrow(["git", "clone", "--quiet", "--bare", work, bare], dir);
  await runOrThrow(["git", "update-server-info"], bare);
}

function forward(port: number, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.once("error", () => response.writeHead(502).end());
  incoming.pipe(onward);
}

/** github.com has it for everybody, git.example.org for whoever has the token. */
function serveRepository(
  dir: string,
  { url = "", headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const isOpen = headers.host === "github.com" || headers.authorization === credential;
  if (!isOpen) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="forge"' }).end();
    return;
  }
  const path = url.replace(/^\/me\//, "").replace(/\?.*/, "");
  const file = createReadStream(join(dir, "forge", path));
  file.once("error", () => response.writeHead(404).end());
  file.pipe(response);
}
