import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type IndexedFile, makeWheelFile, pypi, requirementLines } from "./registry/pypi.ts";
import { type RegistryProtocol, startRegistry, type TestRegistry } from "./registry/registry.ts";
import { makeTree } from "./support/apps.ts";
import { useTestServer } from "./support/use-test-server.ts";

/** Bytes of this run alone: what the store has already would not be fetched. */
const nonce = randomUUID();
const password = `pass-${randomUUID()}`;
const token = `token-${randomUUID()}`;

let registry: TestRegistry;
let wheels: readonly IndexedFile[] = [];
/** Command lines of all processes, as they were seen while builds ran. */
const seen = new Set<string>();
let watch: NodeJS.Timeout;

const basic = `Basic ${Buffer.from(`build:${password}`).toString("base64")}`;

function wheel(name: string): IndexedFile {
  const module = `import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"private")
def main():
    address = (os.environ["BIND_ADDRESS"], int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()
`;
  const entryPoints = `[console_scripts]\n${name} = ${name}:main\n`;
  const files = { [`${name}.py`]: module };
  return makeWheelFile({ project: name, version: "1.0", files, entryPoints, nonce });
}

/** A registry whose pages name its files by whole addresses, as many do. */
function absolute(protocol: RegistryProtocol): RegistryProtocol {
  return {
    ...protocol,
    async answer(path) {
      const found = await protocol.answer(path);
      if (found === undefined || !path.startsWith("simple/")) return found;
      const page = Buffer.from(found).toString();
      return Buffer.from(page.replaceAll("../../files/", `${registry.url("pypi")}/files/`));
    },
  };
}

function settings(secret: string): string {
  return `[registries]
npm = "${registry.url("npm")}"
[registries.pypi]
url = "${registry.url("pypi")}/simple"
username = "build"
password = "${secret}"
`;
}

beforeAll(async () => {
  wheels = [wheel("secretly"), wheel("later")];
  const npm: RegistryProtocol = { prefix: "npm", answer: async () => undefined };
  registry = await startRegistry([absolute(pypi(wheels)), npm]);
  registry.requireToken("pypi", basic);
  registry.requireToken("npm", `Bearer ${token}`);
  watch = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // It has ended.
      }
    }
  }, 20);
});

afterAll(async () => {
  clearInterval(watch);
  await registry.close();
});

const server = useTestServer("registries", { settings: () => settings(password) });

async function deploy(app: string, name: string) {
  const files = wheels.filter(({ project }) => project === name);
  // Two hashes, so that the server itself has to ask as well.
  const other = makeWheelFile({ project: name, version: "1.0", files: {}, tag: "cp38-cp38-win32" });
  const text = requirementLines([...files, other]);
  const dir = await makeTree({ "requirements.txt": text, Procfile: `web: ${name}\n` });
  return server.deployed(app, dir);
}

/** Files below a directory that hold one of these texts. */
function filesWith(directories: readonly string[], texts: readonly string[]): readonly string[] {
  const words = texts.flatMap((text) => ["-e", text]);
  try {
    const found = execFileSync("grep", ["-rlaFs", ...words, ...directories], { encoding: "utf8" });
    return found.trim().split("\n");
  } catch {
    return [];
  }
}

describe("a registry that wants credentials", () => {
  it("serves builds, and what it was sent is found nowhere", async () => {
    const deployment = await deploy("private", "secretly");
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("private")).text).toBe("private");
    const secrets = [password, basic.slice("Basic ".length)];
    const below = (dir: string, since: number) =>
      readdirSync(dir)
        .map((name) => join(dir, name))
        .filter((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 >= since);
    expect(filesWith([server.home], secrets)).toEqual([join(server.home, "server.toml")]);
    const store = below("/nix/store", 0).filter((path) => /secretly|private/.test(path));
    expect(store.length).toBeGreaterThan(3);
    expect(filesWith(store, secrets)).toEqual([]);
    expect([...seen].filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
    const { processes } = await server.json<{ processes: { pid: number }[] }>(
      "GET",
      "/apps/private",
    );
    for (const { pid } of processes) {
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain(password);
    }
  });

  it("is not to be had by the users of apps", async () => {
    const [own] = wheels;
    const hash = `sha256-${Buffer.from(own?.sha256 ?? "", "hex").toString("base64")}`;
    const text = readdirSync("/nix/store")
      .filter((name) => /secretly-1\.0.*\.whl\.drv$/.test(name))
      .map((name) => readFileSync(join("/nix/store", name), "utf8"))
      .find((derivation) => derivation.includes(hash));
    const address = /http:\/\/127\.0\.0\.1:(\d+)\/pypi\/simple/.exec(text ?? "");
    expect(address).not.toBeNull();
    const url = `${address?.[0]}/secretly/`;
    expect(await statusAs(0, url)).toBe(200);
    expect(await statusAs(700_001, url)).toBe(404);
  });

  it("that refuses is named, with the key to correct", async () => {
    await server.restart({ settings: settings("wrong") });
    const { failure } = await deploy("refused", "later");
    expect(failure).toMatchObject({ code: "REGISTRY_REFUSED" });
    expect(failure?.message).toContain("'pypi' refused the server's credentials (HTTP status 401)");
    expect(failure?.hint).toContain("[registries.pypi]");
    const single = requirementLines(wheels.filter(({ project }) => project === "later"));
    const dir = await makeTree({ "requirements.txt": single, Procfile: "web: later\n" });
    const built = await server.deployed("refused-in-build", dir);
    expect(built.failure).toMatchObject({ code: "REGISTRY_REFUSED" });
  });

  it("is told apart from one that has no credentials at all", async () => {
    await server.restart({ settings: `[registries]\npypi = "${registry.url("pypi")}/simple"\n` });
    const { failure } = await deploy("unknown", "later");
    expect(failure?.message).toContain("asks for credentials (HTTP status 401)");
  });
});

describe("settings of registries", () => {
  it("that nobody has made fail with the key that is missing", async () => {
    await server.restart({ settings: "" });
    const { failure } = await deploy("missing", "later");
    expect(failure).toMatchObject({ code: "REGISTRY_MISSING" });
    expect(failure?.hint).toContain("[registries] pypi");
  });

  it.each([
    ['[registries]\npypi = "http://me:secret-word@index.invalid/simple"', "user name or password"],
    ['[registries.npm]\nurl = "ftp://index.invalid"', "http:// or https://"],
    ['[registries.npm]\nusername = "a"', "needs both"],
    ['[registries]\nconda = "http://index.invalid"', "conda"],
  ])("that are wrong stop the start: %s", async (lines, reason) => {
    const error = await server.restart({ settings: `${lines}\n` }).then(
      () => "",
      (failed: unknown) => String(failed),
    );
    expect(error).toContain(reason);
    expect(error).not.toContain("secret-word");
  });

  it("with a password must be closed to others", async () => {
    const file = join(server.home, "server.toml");
    await writeFile(file, settings(password));
    await chmod(file, 0o644);
    await expect(server.restart()).rejects.toThrow("chmod 600");
    await chmod(file, 0o600);
  });

  it("of npm itself are honoured, its token included", async () => {
    const npmrc = join(server.home, "npmrc");
    const { host } = new URL(registry.url("npm"));
    await writeFile(
      npmrc,
      `registry=${registry.url("npm")}/\n//${host}/npm/:_authToken=\${MY_TOKEN}\n`,
    );
    const env = { NPM_CONFIG_USERCONFIG: npmrc, MY_TOKEN: token };
    await server.restart({ settings: "", env });
    const dir = await makeTree({
      "package.json": '{"dependencies":{"thing":"1.0.0"},"scripts":{"start":"node a.js"}}',
      "package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { dependencies: { thing: "1.0.0" } },
          "node_modules/thing": { version: "1.0.0", integrity: `sha512-${"A".repeat(86)}==` },
        },
      }),
    });
    const { failure } = await server.deployed("npm-app", dir);
    // It was let in, and the registry has no such file.
    expect(failure?.detail).toMatch(/404/);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
  });
});

/** Status of a request that a process of another user makes. */
function statusAs(uid: number, url: string): Promise<number> {
  if (process.getuid?.() !== uid) {
    const script = `const { request } = require("node:http");
request(${JSON.stringify(url)}, (answer) => { console.log(answer.statusCode); process.exit(); }).end();`;
    const options = { encoding: "utf8", cwd: "/", uid, gid: uid } as const;
    return Promise.resolve(Number(execFileSync(process.execPath, ["-e", script], options)));
  }
  return new Promise((resolve, reject) => {
    request(url, (answer) => resolve(answer.resume().statusCode ?? 0))
      .on("error", reject)
      .end();
  });
}
