import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, readFile, rename, stat, writeFile } from "node:fs/promises";
import { connect, type NetConnectOpts } from "node:net";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { AppDetail, ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { narHash } from "../src/nix/nar-hash.ts";
import { findNixDir } from "../src/nix/nix-dir.ts";
import { loadPackageSet } from "../src/packages/package-set.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { buildExpression } from "./support/package-set.ts";
import { type FileServer, startFileServer } from "./support/registry.ts";
import { freePort } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { until } from "./testbed.ts";

const server = useTestServer("runtime");

async function deploy(app: string, files: Readonly<Record<string, string>>) {
  const deployment = await server.deployed(app, await makeTree(files));
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  return deployment;
}

function data(app: string, path: string): string {
  return join(server.home, "apps", app, "data", path);
}

/** Variables that a process has written with `env`. */
async function variables(file: string): Promise<Record<string, string | undefined>> {
  return parseEnv(await until(() => readFile(file, "utf8").catch(() => undefined)));
}

const everything = (greeting: string) => `[metadata]
version = "1.5"
[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "busybox"
exec-target = "httpd"
exec-args = ["-f", "-p", "$BIND_ADDRESS:$PORT", "-h", "pages"]
pre-exec = ["mkdir -p pages", "echo '${greeting}' >pages/index.html", "echo $HOP3_ROLE >>prepared"]
[nix.local-vars]
PRIVATE = "kept to the script"
WHERE = "http://\${BIND_ADDRESS}:\${PORT}/"
[nix.env-exports]
GREETING = "${greeting} \${NAME:-nobody} \\"y\\""
KEY = "\${KEY:-$(head -c 32 /dev/urandom | base64)}"
URL = "db://user:$(head -c 16 /dev/urandom | base64)@host"
[nix.env-exports-raw]
TOOLS = "\${pkg}/bin"
[nix.runtime-env]
FIXED = "\${busybox}/bin"
[[nix.conditional-env]]
when = "NAME"
env = { NAMED = "yes, $NAME" }
[[nix.conditional-env]]
when = "NOBODY"
env = { UNNAMED = "yes" }
[[nix.config-files]]
path = "conf/deep/app.env"
format = "dotenv"
content = { GREETING = "$GREETING", PORT = "\${PORT}", LINES = "a\\nb \\\\ c", COUNT = 3 }
[[nix.config-files]]
path = "conf/app.ini"
format = "ini"
[nix.config-files.sections.main]
key = "\${KEY}"
where = "\${WHERE}"
[[nix.config-files]]
path = "conf/app.json"
format = "json"
[nix.config-files.content]
greeting = "$GREETING"
[[nix.config-files]]
path = "conf/own.yaml"
format = "yaml"
create-if-missing = true
[nix.config-files.content]
greeting = "${greeting}"
[[nix.config-files]]
path = "conf/app.toml"
format = "toml"
[nix.config-files.content]
greeting = "$GREETING"
[[nix.config-files]]
path = "conf/app.php"
format = "php"
[nix.config-files.content]
greeting = "$GREETING"
[[nix.config-files]]
path = "conf/plain.txt"
raw-content = "\${GREETING} \${PRIVATE} \`id\` $(id)"
[env]
NAME = "Ada '$(x)'"
[run]
before-run = "env >release.env"
[run.workers]
worker = "env >worker.env.new && mv worker.env.new worker.env && cat conf/app.ini >worker.ini && sleep 1000"
list = ["sh", "-c", "env >list.env; exec sleep 1000"]
`;

describe("a start script", () => {
  it("starts web, other workers, release steps and `hop3 run` with the same variables", async () => {
    await deploy("all", { "hop3.toml": everything("one") });
    expect((await server.get("all")).text).toBe("one\n");
    const greeting = `one Ada '$(x)' "y"`;
    for (const name of ["release.env", "worker.env", "list.env"]) {
      const env = await variables(data("all", name));
      expect(env, name).toMatchObject({
        NAMED: "yes, Ada '$(x)'",
        TOOLS: expect.stringMatching(/^\/nix\/store\/.*\/bin$/),
        FIXED: expect.stringMatching(/^\/nix\/store\/.*\/bin$/),
        KEY: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        URL: expect.stringMatching(/^db:\/\/user:[A-Za-z0-9+/]{22}==@host$/),
        HOP3_ROLE: name === "release.env" ? "release" : "background",
      });
      expect(env["GREETING"], name).toBe(greeting);
      expect(Object.keys(env)).not.toContain("PRIVATE");
      expect(Object.keys(env)).not.toContain("UNNAMED");
    }
    const prepared = await readFile(data("all", "prepared"), "utf8");
    expect(prepared.trim().split("\n").sort()).toEqual([
      "background",
      "background",
      "release",
      "web",
    ]);
    const ran = await hop3(
      server,
      "run",
      "--app",
      "all",
      "--",
      "sh",
      "-c",
      'echo "$KEY|$HOP3_ROLE|$GREETING"',
    );
    const { KEY } = await variables(data("all", "worker.env"));
    expect(ran.stdout).toBe(`${KEY}|run|${greeting}\n`);
  });

  it("writes files of every format with the values of the process", async () => {
    const greeting = `one Ada '$(x)' "y"`;
    const read = (path: string) => readFile(data("all", path), "utf8");
    const { processes } = await server.json<AppDetail>("GET", "/apps/all");
    const web = processes.find(({ worker }) => worker === "web");
    const port = web?.address?.match(/:(\d+)$/)?.[1] ?? "";
    expect(parseEnv(await read("conf/deep/app.env"))).toEqual({
      GREETING: greeting,
      PORT: port,
      LINES: "a\nb \\ c",
      COUNT: "3",
    });
    expect(await read("conf/app.ini")).toContain(`where = http://127.0.0.1:${port}/\n`);
    expect(JSON.parse(await read("conf/app.json"))).toEqual({ greeting });
    expect(await read("conf/app.toml")).toBe(`greeting = "one Ada '$(x)' \\"y\\""\n`);
    expect(await read("conf/app.php")).toContain(`'greeting' => 'one Ada \\'$(x)\\' "y"'`);
    expect(await read("conf/plain.txt")).toBe(`${greeting} kept to the script \`id\` $(id)\n`);
    for (const file of ["deep/app.env", "app.ini", "app.json", "own.yaml", "app.toml", "app.php"]) {
      expect((await stat(data("all", `conf/${file}`))).mode & 0o777, file).toBe(0o600);
    }
  });

  it("keeps what an app has made its own, and writes the rest anew", async () => {
    const { KEY } = await variables(data("all", "worker.env"));
    await writeFile(data("all", "conf/own.yaml"), "changed: by the app\n");
    await writeFile(data("all", "conf/app.json"), "{}");
    await deploy("all", { "hop3.toml": everything("two") });
    expect((await server.get("all")).text).toBe("two\n");
    expect(await readFile(data("all", "conf/own.yaml"), "utf8")).toBe("changed: by the app\n");
    expect(await readFile(data("all", "conf/app.json"), "utf8")).toContain("two Ada");
    const after = await until(async () => {
      const env = await variables(data("all", "worker.env"));
      return env["HOP3_RELEASE"] === "2" && env;
    });
    expect(after["KEY"]).toBe(KEY);
    const stored = await server.json<{ key: string }[]>("GET", "/apps/all/config");
    expect(JSON.stringify(stored)).toContain("HOP3_SECRET_URL");
  });
});

/** One line to a server that answers with lines. */
function askLine(options: NetConnectOpts, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(options, () => socket.write(line));
    socket.once("error", reject);
    socket.once("data", (data) => {
      socket.destroy();
      resolve(String(data));
    });
  });
}

async function notesOf(id: number): Promise<string> {
  return (await server.api("GET", `/deployments/${id}/events`)).text;
}

describe("a package of the set that speaks no HTTP", () => {
  const redis = (save: string) => `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "redis"
exec-target = "redis-server"
exec-args = ["--unixsocket", "$PWD/redis.sock", "--port", "$PORT", "--save", "${save}", "--dir", "$PWD"]
[healthcheck]
protocol = "tcp"
`;

  it("redis is healthy by its connection, and not routed", async () => {
    const { id } = await deploy("redis", { "hop3.toml": redis("60 1") });
    const socket = { path: data("redis", "redis.sock") };
    expect(await askLine(socket, "SET name ada\r\n")).toBe("+OK\r\n");
    expect(await notesOf(id)).toMatch(/web listens on 127\.0\.0\.1:\d+; it is not routed/);
    expect((await server.get("redis")).status).toBe(503);
  });

  it("memcached stops first where it holds a port of its own, and comes back where the next one fails", async () => {
    const port = await freePort();
    const memcached = (size: string) => `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "memcached"
exec-args = ["-l", "127.0.0.1", "-p", "${port}", "-m", "${size}"]
[healthcheck]
protocol = "tcp"
port = ${port}
[deploy]
strategy = "stop-first"
`;
    await deploy("memcached", { "hop3.toml": memcached("16") });
    await deploy("memcached", { "hop3.toml": memcached("32") });
    const limit = () => askLine({ port, host: "127.0.0.1" }, "stats\r\n");
    expect(await limit()).toContain(`STAT limit_maxbytes ${32 * 1024 * 1024}\r\n`);
    const tree = await makeTree({ "hop3.toml": memcached("nothing") });
    const { failure } = await server.deployed("memcached", tree);
    expect(failure?.code).toBe("PROCESS_EXITED");
    const back = await until(() => limit().catch(() => undefined));
    expect(back).toContain(`STAT limit_maxbytes ${32 * 1024 * 1024}\r\n`);
  });

  it("postgresql makes its cluster as the app's own user and serves on a socket", async () => {
    const toml = (setting: string) => `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "postgresql"
exec-target = "postgres"
exec-args = ["-D", "$PGDATA", "-k", "$PWD", "-p", "$PORT", "-h", "127.0.0.1"]
pre-exec = ["[ -s $PGDATA/PG_VERSION ] || initdb --no-locale --encoding UTF8 --auth trust --username app >/dev/null"]
[nix.env-exports]
PGDATA = "$PWD/cluster"
NOTE = "${setting}"
[healthcheck]
protocol = "tcp"
[deploy]
strategy = "stop-first"
`;
    const sql = (text: string) =>
      hop3(
        server,
        "run",
        "--app",
        "db",
        "--",
        "sh",
        "-c",
        `psql -h "$HOP3_DATA_DIR" -p $(sed -n 4p cluster/postmaster.pid) -U app -Atc "${text}" postgres`,
      );
    await deploy("db", { "hop3.toml": toml("one") });
    const made = await sql("create table t (x int); insert into t values (42)");
    expect(made).toMatchObject({ exitCode: 0, stderr: "" });
    await deploy("db", { "hop3.toml": toml("two") });
    expect(await sql("select x from t")).toMatchObject({ exitCode: 0, stdout: "42\n" });
  });
});

describe("mariadb", () => {
  it("makes its tables as the app's own user", async () => {
    await deploy("maria", {
      "hop3.toml": `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "mariadb"
exec-target = "mariadbd"
exec-args = ["--no-defaults", "--basedir=\${pkg}", "--datadir=$PWD/db", "--socket=$PWD/db.sock", "--port=$PORT", "--bind-address=127.0.0.1"]
pre-exec = ["[ -d db/mysql ] || mariadb-install-db --no-defaults --basedir=\${pkg} --datadir=$PWD/db --auth-root-authentication-method=normal >/dev/null"]
[healthcheck]
protocol = "tcp"
[deploy]
strategy = "stop-first"
`,
    });
    const asked = await hop3(
      server,
      "run",
      "--app",
      "maria",
      "--",
      "sh",
      "-c",
      'mariadb --no-defaults -S "$HOP3_DATA_DIR/db.sock" -u root -Ne "select 6 * 7"',
    );
    expect(asked).toMatchObject({ exitCode: 0, stdout: "42\n" });
  });
});

describe("a package of the set that serves", () => {
  it("nginx, which has other places in mind for its files", async () => {
    await deploy("nginx", {
      "hop3.toml": `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "nginx"
exec-args = ["-p", "$PWD", "-c", "conf/nginx.conf", "-e", "stderr"]
pre-exec = ["mkdir -p pages", "echo from nginx >pages/index.html"]
[[nix.config-files]]
path = "conf/nginx.conf"
raw-content = """
daemon off;
pid nginx.pid;
events { }
http {
  include \${nginx}/conf/mime.types;
  access_log off;
  client_body_temp_path tmp/body;
  proxy_temp_path tmp/proxy;
  fastcgi_temp_path tmp/fastcgi;
  uwsgi_temp_path tmp/uwsgi;
  scgi_temp_path tmp/scgi;
  server { listen \${BIND_ADDRESS}:\${PORT}; root pages; }
}
"""
[[nix.config-files]]
path = "tmp/keep"
raw-content = ""
`,
    });
    expect((await server.get("nginx")).text).toBe("from nginx\n");
  });

  it("caddy", async () => {
    await deploy("caddy", {
      "hop3.toml": `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "caddy"
exec-args = ["respond", "--listen", "$BIND_ADDRESS:$PORT", "hello from caddy"]
`,
    });
    expect((await server.get("caddy")).text).toBe("hello from caddy");
  });

  it("adminer, files of PHP, beside PHP itself", async () => {
    await deploy("adminer", {
      "hop3.toml": `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "debianPackages.adminer"
nixpkgs-packages = ["php"]
[run]
start = "php -S $BIND_ADDRESS:$PORT -t $ADMINER"
[nix.runtime-env]
ADMINER = "\${pkg}/share/adminer/adminer"
`,
    });
    const { status, text } = await server.get("adminer");
    expect([status, text.includes("Adminer")]).toEqual([200, true]);
  });
});

/** What a vendor would ship, from the examples' sources: programs that expect a host's loader and libraries. */
function vendorBuild(): Promise<string> {
  const host = "-Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2";
  // JSON's escapes are Nix's too.
  const source = (path: string) =>
    JSON.stringify(readFileSync(join(examplesDir, path), "utf8")).replaceAll("${", "\\${");
  return buildExpression(
    server.home,
    `pkgs.stdenv.mkDerivation {
    name = "vendor";
    nativeBuildInputs = [ pkgs.patchelf ];
    buildInputs = [ pkgs.zlib.dev pkgs.libsodium.dev ];
    main = pkgs.writeText "main.cc" ${source("prebuilt-archive/src/server.cc")};
    plain = pkgs.writeText "plain.cc" ${source("prebuilt-archive/src/greet.cc")};
    sodium = pkgs.writeText "sodium.cc" ${source("prebuilt-binary/src/greet.cc")};
    buildCommand = ''
      mkdir -p $out/tool/lib
      g++ -shared -fPIC -o $out/tool/lib/libgreet.so $plain
      g++ ${host} -o $out/tool/server $main -L$out/tool/lib -lgreet -lz
      g++ ${host} -o $out/greeter $main $sodium -lz -lsodium
      patchelf --remove-rpath $out/tool/lib/libgreet.so
      for program in $out/tool/server $out/greeter; do
        patchelf --remove-rpath $program
        patchelf --set-interpreter /lib64/ld-linux-x86-64.so.2 $program
      done
    '';
  }`,
  );
}

describe("programs that others built for a usual host", () => {
  let files: FileServer;
  let vendor = "";

  beforeAll(async () => {
    files = await startFileServer();
    vendor = await vendorBuild();
  });

  afterAll(async () => {
    await files?.close();
  });

  /** The example with the address and the hash of what is served. */
  async function prepared(name: string, path: string, content: Buffer) {
    const { url, sha256 } = files.serve(path, content);
    const dir = await copyTree(join(examplesDir, name));
    const toml = await readFile(join(dir, "hop3.toml"), "utf8");
    const origin = new URL(url).origin;
    const filled = toml.replace("http://127.0.0.1:8000", origin).replace(/0{64}/, sha256);
    await writeFile(join(dir, "hop3.toml"), filled);
    return dir;
  }

  function pack(dir: string, ...paths: string[]): Buffer {
    return execFileSync("tar", ["-cz", "-C", dir, ...paths], { maxBuffer: 1 << 26 });
  }

  it("load their own libraries and those of the set, from the store", async () => {
    const dir = await prepared("prebuilt-archive", "/tool-1.2.tar.gz", pack(vendor, "tool"));
    await checkExample(server, "prebuilt-archive", dir);
    const env = await readFile(data("prebuilt-archive", "conf/tool.env"), "utf8");
    expect(parseEnv(env)).toEqual({ APP: "prebuilt-archive", MODE: "it's plain" });
  });

  it("a library that is missing is named, with the package that has it", async () => {
    const program = readFileSync(join(vendor, "greeter"));
    const bare = await prepared("prebuilt-binary", "/greeter", program);
    const toml = await readFile(join(bare, "hop3.toml"), "utf8");
    await writeFile(join(bare, "hop3.toml"), toml.replace(/nixpkgs-packages.*\n/, ""));
    const { failure } = await server.deployed("prebuilt-binary", bare);
    expect(failure).toMatchObject({
      code: "NIX_LIBRARY_MISSING",
      message: expect.stringMatching(/\/bin\/greeter needs the library libsodium\.so\.23/),
      hint: expect.stringContaining('nixpkgs-packages = ["libsodium"]'),
    });
    await checkExample(
      server,
      "prebuilt-binary",
      await prepared("prebuilt-binary", "/greeter", program),
    );
  });

  it("node-prebuilt starts each worker where it belongs", async () => {
    const archive = await makeTree({
      "node_modules/greet/index.js": "module.exports = (text) => `Node says ${text}`;\n",
    });
    await cp(join(examplesDir, "node-prebuilt/src"), archive, { recursive: true });
    const dir = await prepared("node-prebuilt", "/wiki.tar.gz", pack(archive, "."));
    await checkExample(server, "node-prebuilt", dir);
  });
});

describe("a tree that has to be writable", () => {
  let files: FileServer;

  beforeAll(async () => {
    files = await startFileServer();
  });

  afterAll(async () => {
    await files?.close();
  });

  async function serveArchive(entries: Readonly<Record<string, string>>) {
    const tree = await makeTree(entries);
    return files.serve("/tree.tar.gz", execFileSync("tar", ["-cz", "-C", tree, "."]));
  }

  it("is laid out with needs-writable-dir, and every command starts in it", async () => {
    await deploy("notes", {
      "index.php": "<?php file_put_contents('visits', 'x', FILE_APPEND); readfile('visits');",
      "hop3.toml": `[nix]
template = "php-app"
needs-writable-dir = true
writable-home-env-var = "NOTES_HOME"
pre-exec = ["echo $PWD >where"]
[run.workers]
worker = "echo $PWD $NOTES_HOME >worker; exec sleep 1000"
`,
    });
    await server.get("notes");
    expect((await server.get("notes")).text).toMatch(/^x{2,}$/);
    const tree = data("notes", "share/notes");
    const worker = await until(() => readFile(join(tree, "worker"), "utf8").catch(() => undefined));
    expect(worker).toBe(`${tree} ${tree}\n`);
    expect(await readFile(join(tree, "where"), "utf8")).toBe(`${tree}\n`);
  });

  it("of a package is laid out with writable-home-at-runtime", async () => {
    const { url, sha256 } = await serveArchive({ "www/index.html": "as shipped\n" });
    await deploy("laid", {
      "hop3.toml": `[nix]
template = "prebuilt-archive"
url = "${url}"
sha256 = "${sha256}"
source-root = "."
writable-home-at-runtime = true
writable-home-env-var = "TREE_HOME"
nixpkgs-packages = ["caddy"]
pre-exec = ["echo changed at start, $TREE_HOME >>www/index.html"]
[run]
start = "caddy file-server --listen $BIND_ADDRESS:$PORT --root www"
`,
    });
    const tree = data("laid", "share/laid");
    const { text } = await server.get("laid");
    expect(text).toBe(`as shipped\nchanged at start, ${tree}\n`);
  });
});

/** A nixpkgs in the store that is the Debian set with one more package in it. */
async function makePinned(): Promise<string> {
  const set = await loadPackageSet(server.home, { set: "debian" });
  if (set.arguments.kind !== "debian") throw new Error("not Debian's");
  const { index, seed, mirrors, npmRegistry, system } = set.arguments;
  const tree = await makeTree({
    "default.nix": `{ system, ... }:
let
  pkgs = import ./debian {
    inherit system;
    index = builtins.path { path = ./index; name = "source"; };
    seed = builtins.path { path = ./seed; name = "source"; };
    mirrors = ${JSON.stringify(mirrors).replaceAll(",", " ")};
    registries.npm = ${JSON.stringify(npmRegistry)};
    npmRegistry = ${JSON.stringify(npmRegistry)};
  };
in
assert system == "${system}";
pkgs // { only-there = pkgs.writeShellScriptBin "only-there" "exec \${pkgs.busybox}/bin/httpd \\"$@\\""; }
`,
  });
  await cp(join(findNixDir(), "packages/debian"), join(tree, "debian"), { recursive: true });
  await cp(index.path, join(tree, "index"), { recursive: true });
  await cp(seed.path, join(tree, "seed"), { recursive: true });
  return tree;
}

describe("a revision of nixpkgs that an app asks for", () => {
  const rev = "1234567890123456789012345678901234567890";
  const toml = (sha256: string) => `[nix]
template = "nixpkgs-wrapper"
nixpkgs-rev = "${rev}"
nixpkgs-sha256 = "${sha256}"
nixpkgs-package = "only-there"
exec-target = "only-there"
exec-args = ["-f", "-p", "$BIND_ADDRESS:$PORT", "-h", "pages"]
pre-exec = ["mkdir -p pages", "echo pinned >pages/index.html"]
`;

  it("is used, while other apps have the server's set", async () => {
    const tree = await makePinned();
    // Fetched archives have this name in the store.
    const source = join(await makeTree({}), "source");
    await rename(tree, source);
    execFileSync("nix-store", ["--add-fixed", "--recursive", "sha256", source]);
    const sha256 = await narHash(source);
    await deploy("pinned", { "hop3.toml": toml(sha256) });
    expect((await server.get("pinned")).text).toBe("pinned\n");
    const release = await server.json<ReleaseDetail>("GET", "/apps/pinned/releases/1");
    expect(release.artifact?.provenance).toMatchObject({
      package_set: "nixpkgs",
      package_set_pin: sha256,
    });
  });

  it("is not replaced by another where it cannot be had", async () => {
    const tree = await makeTree({ "hop3.toml": toml("0".repeat(64)) });
    const { failure } = await server.deployed("unpinned", tree);
    expect(failure).toMatchObject({ code: "NIXPKGS_PIN_UNAVAILABLE" });
  });
});
