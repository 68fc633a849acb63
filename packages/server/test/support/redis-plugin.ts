/**
 * A plug-in that provides `redis`: the program of the package set, on a socket, with a password that is in no argument.
 * Its type `wild-<hook>` throws in that hook.
 */
export const redisPlugin = `
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { definePlugin } from "hop3/plugin";

const socketOf = ({ runtimeDir }) => join(runtimeDir, "redis.sock");
const secretOf = ({ app, name }, host) => join(host.dataDir, "passwords", app + "." + name);

async function cli(request, host, args) {
  const { path } = await host.packages(["redis"]);
  const password = await readFile(secretOf(request, host), "utf8");
  const result = await host.run({
    argv: [join(path[0], "redis-cli"), "-s", socketOf(request), "--no-auth-warning", ...args],
    env: { REDISCLI_AUTH: password },
    signal: request.signal,
  });
  const failed = result.exitCode !== 0 || /^(ERR|NOAUTH|WRONGPASS|Could not|AUTH failed)/m.test(result.stdout);
  if (failed) throw new Error("redis-cli " + args[0] + ": " + result.stdout + result.stderr);
  return result.stdout.trim();
}

const redis = {
  type: "redis",
  async create(request, host) {
    const secret = secretOf(request, host);
    await mkdir(join(host.dataDir, "passwords"), { recursive: true, mode: 0o700 });
    const password = await readFile(secret, "utf8").catch(() => randomBytes(24).toString("hex"));
    await writeFile(secret, password, { mode: 0o600 });
    await writeFile(join(request.dataDir, "redis.conf"), [
      "port 0", "unixsocket " + socketOf(request), "unixsocketperm 700", "dir " + request.dataDir,
      "requirepass " + password, "appendonly no", "save 1 1", "",
    ].join("\\n"), { mode: 0o600 });
  },
  async process(request, host) {
    const { path } = await host.packages(["redis"]);
    return { argv: [join(path[0], "redis-server"), join(request.dataDir, "redis.conf")] };
  },
  async connection(request, host) {
    if ((await cli(request, host, ["PING"])) !== "PONG") throw new Error("no PONG");
    const password = await readFile(secretOf(request, host), "utf8");
    return { REDIS_URL: "redis+unix://:" + password + "@" + socketOf(request) };
  },
  async destroy(request, host) {
    await rm(secretOf(request, host), { force: true });
  },
  backup: (request, file, host) => cli(request, host, ["--rdb", file]),
  async restore(request, file, host) {
    // Without save points it writes nothing over the new file when it is started anew.
    await cli(request, host, ["CONFIG", "SET", "save", ""]);
    await copyFile(file, join(request.dataDir, "dump.rdb"));
  },
};

const nothing = async () => {};
const tame = { create: nothing, connection: async () => ({}), destroy: nothing };
const boom = async () => { throw new Error("wild hook"); };
const wild = ["create", "process", "connection", "destroy"].map((hook) => ({
  ...tame, type: "wild-" + hook, [hook]: boom,
}));
const odd = { ...tame, type: "odd", connection: async () => ({ "not a name": "x" }) };

export default definePlugin({ name: "redis", addons: [redis, ...wild, odd] });
`;
