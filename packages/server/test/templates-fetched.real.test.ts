import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import { type FileServer, makeWheel, startFileServer } from "./support/registry.ts";
import { useTestServer } from "./support/use-test-server.ts";

let files: FileServer;

beforeAll(async () => {
  files = await startFileServer();
});

afterAll(() => files.close());

const server = useTestServer("fetched", {
  settings: () => `[registries]\npypi = "${files.url}/simple/"\n`,
});

/** The one static program that is on every machine of this test. */
function busybox(): string {
  return realpathSync(join(server.home, "data-plane/root/bin/busybox"));
}

async function tarGz(entries: Readonly<Record<string, string>>, programs: readonly string[] = []) {
  const dir = await makeTree(entries);
  for (const program of programs) await copyFile(busybox(), join(dir, program));
  execFileSync("tar", ["-czf", `${dir}.tar.gz`, "-C", dir, "."]);
  return readFileSync(`${dir}.tar.gz`);
}

async function deploy(app: string, entries: Readonly<Record<string, string>>) {
  const deployment = await server.deployed(app, await makeTree(entries));
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  return (await server.get(app)).text;
}

describe("templates that fetch, from a server on loopback", () => {
  it("prebuilt-binary runs a program", async () => {
    const { url, sha256 } = files.serve("/1.5/busybox", readFileSync(busybox()));
    const text = await deploy("binary", {
      "hop3.toml": `[metadata]
version = "1.5"
[nix]
template = "prebuilt-binary"
url = "${url.replace("1.5", "${version}")}"
sha256 = "${sha256}"
exec-target = "busybox"
exec-args = ["httpd", "-f", "-p", "$BIND_ADDRESS:$PORT", "-h", "pages"]
pre-exec = ["mkdir -p pages", "echo from a binary >pages/index.html"]
`,
    });
    expect(text).toBe("from a binary\n");
  });

  it("prebuilt-archive puts files where they belong", async () => {
    const archive = await tarGz({ "app/pages/index.html": "from an archive\n" }, ["app/server"]);
    const { url, sha256 } = files.serve("/server.tar.gz", archive);
    const text = await deploy("archive", {
      "hop3.toml": `[nix]
template = "prebuilt-archive"
url = "${url}"
sha256 = "${sha256}"
source-root = "."
exec-target = "httpd"
exec-args = ["-f", "-p", "$BIND_ADDRESS:$PORT", "-h", "SHAREDIR/pages"]
[[nix.file-mappings]]
source = "app/server"
destination = "bin/httpd"
[[nix.file-mappings]]
source = "app/pages"
destination = "share/archive/"
`,
    });
    expect(text).toBe("from an archive\n");
  });

  it("node-prebuilt runs a script with the modules of its archive", async () => {
    const archive = await tarGz({
      "wiki/server/index.js": `const { createServer } = require("node:http");
const greet = require("greet");
const { readFileSync } = require("node:fs");
createServer((request, response) => response.end(greet(readFileSync("config.yml", "utf8"))))
  .listen(process.env.PORT, process.env.BIND_ADDRESS);
`,
      "wiki/node_modules/greet/index.js": "module.exports = (text) => `Node says ${text}`;\n",
    });
    const { url, sha256 } = files.serve("/wiki.tar.gz", archive);
    const text = await deploy("wiki", {
      "hop3.toml": `[nix]
template = "node-prebuilt"
url = "${url}"
sha256 = "${sha256}"
source-root = "wiki"
exec-target = "server/index.js"
[[nix.config-files]]
path = "config.yml"
format = "yaml"
[nix.config-files.content]
app = "\${HOP3_APP}"
`,
    });
    expect(text).toBe('Node says app: "wiki"\n');
  });

  it("python-venv installs wheels from the configured index", async () => {
    // Bytes of this run alone: what the store has already would not be fetched.
    const module = `# ${randomUUID()}
import http.server, os, sys
def main():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(("from " + sys.prefix).encode())
    address = (os.environ["BIND_ADDRESS"], int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()
`;
    const { sha256 } = files.serve(
      "/files/tiny-1.0-py3-none-any.whl",
      makeWheel("tiny", "1.0", module),
    );
    files.serve(
      "/simple/tiny/",
      `<a href="../../files/tiny-1.0-py3-none-any.whl#sha256=${sha256}">tiny</a>`,
    );
    const text = await deploy("python", {
      "requirements.txt": `tiny==1.0 --hash=sha256:${sha256}\n`,
      Procfile: "web: tiny\n",
    });
    expect(text).toMatch(/^from \/nix\/store\/[a-z0-9]{32}-.*\/venv$/);
    expect(files.asked.filter((path) => path === "/simple/tiny/")).toHaveLength(1);
  });

  it("a wrong hash is told", async () => {
    files.serve("/other", "something else");
    const dir = await makeTree({
      "hop3.toml": `[nix]\ntemplate = "prebuilt-binary"\nurl = "${files.url}/other"\nsha256 = "${"0".repeat(64)}"\n`,
    });
    const { failure } = await server.deployed("wrong", dir);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toContain("hash mismatch");
  });
});
