import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

let home = "";
let server: TestServer;

beforeAll(async () => {
  home = await makeTestHome("local");
  server = await startTestServer({ home });
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
});

const pages = (text: string, more = "") => ({
  "hop3.toml": `[build]\nmethod = "local"\n${more}`,
  "index.html": `<h1>${text}</h1>`,
});

async function deploy(app: string, files: Readonly<Record<string, string>>) {
  const deployment = await server.deployed(app, await makeTree(files));
  return deployment;
}

describe("the local builder", () => {
  it("builds a directory of the App's, runs in it, and says what it is", async () => {
    const deployment = await deploy("pages", pages("one"));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("pages")).text).toContain("<h1>one</h1>");
    const release = await server.json<ReleaseDetail>("GET", "/apps/pages/releases/1");
    expect(release.artifact).toMatchObject({
      kind: "local",
      builder: "local",
      provenance: { tier: "unpinned", toolchains: ["static"], toolchain_source: "package-set" },
    });
    expect(lstatSync(join(home, "apps/pages/releases/1/root")).isSymbolicLink()).toBe(true);
  });

  it("builds nothing for the same Source", async () => {
    const again = await deploy("pages", pages("one"));
    expect(again.unchanged).toBe(true);
    expect(readdirSync(join(home, "apps/pages/local/builds"))).toHaveLength(1);
  });

  it("goes back to an earlier Release without a build", async () => {
    await deploy("pages", pages("two"));
    expect((await server.get("pages")).text).toContain("<h1>two</h1>");
    const queued = await server.json<DeploymentSummary>("POST", "/apps/pages/rollback", {});
    const back = await server.ended(queued.id);
    expect(back.state).toBe("succeeded");
    expect((await server.get("pages")).text).toContain("<h1>one</h1>");
  });

  it("tells which step failed, and leaves nothing of it", async () => {
    const failed = await deploy("pages", pages("three", 'before-build = "echo no; exit 3"\n'));
    expect(failed.failure).toMatchObject({ code: "TOOLCHAIN_STEP_FAILED" });
    expect(failed.failure?.message).toContain("ended with code 3");
    expect(failed.failure?.detail).toContain("no");
    expect((await server.get("pages")).text).toContain("<h1>one</h1>");
    await deploy("pages", pages("four"));
    expect(readdirSync(join(home, "apps/pages/local/builds"))).toHaveLength(3);
  });

  it("shows a build step nothing of the host but the store", async () => {
    const step =
      'before-build = ["ls / /home /root /usr 2>&1 | tee listed; id -u >> listed; true"]\n';
    const deployment = await deploy("box", pages("box", step));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const { text } = await server.get("box", "/listed");
    expect(text).not.toContain("work");
    expect(text).toMatch(/^ls: \/root: No such file/m);
    expect(text).toMatch(/^699999$/m);
  });
});

const nodeApp = (answer: string) => ({
  "package.json": JSON.stringify({
    name: "local-node",
    version: "1.0.0",
    scripts: { build: "node build.mjs", start: "node server.mjs" },
    dependencies: { "is-number": "7.0.0" },
    devDependencies: { "is-odd": "3.0.1" },
  }),
  "build.mjs": `import isOdd from "is-odd";
import { writeFileSync } from "node:fs";
writeFileSync("built.txt", String(isOdd(3)));`,
  "server.mjs": `import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import isNumber from "is-number";
const built = readFileSync("built.txt", "utf8");
const answer = ["${answer}", built, isNumber(5), existsSync("node_modules/is-odd"), process.version].join(" ");
createServer((_, response) => response.end(answer)).listen(process.env.PORT, "127.0.0.1");`,
});

describe("the node toolchain", () => {
  it("installs, builds, and runs with production's dependencies alone", async () => {
    const files = { ...nodeApp("one"), "hop3.toml": '[build]\nmethod = "local"\n' };
    const deployment = await deploy("nodes", files);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("nodes")).text).toMatch(/^one true true false v24\./);
  });

  it("keeps the dependencies for another Source, and asks no registry for them", async () => {
    const before = readdirSync(join(home, "apps/nodes/local/deps")).sort();
    const deployment = await deploy("nodes", {
      ...nodeApp("two"),
      "hop3.toml": '[build]\nmethod = "local"\n',
    });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("nodes")).text).toMatch(/^two true true false/);
    expect(readdirSync(join(home, "apps/nodes/local/deps")).sort()).toEqual(before);
  });
});

describe("the python toolchain", () => {
  it("installs a project and runs its console script", async () => {
    const deployment = await deploy("snake", {
      "hop3.toml": '[build]\nmethod = "local"\n[run]\nstart = "snake-serve"\n',
      "setup.py": `from setuptools import setup
setup(name="snake", version="1.0", py_modules=["snake"],
      entry_points={"console_scripts": ["snake-serve=snake:main"]})`,
      "snake.py": `import http.server, os, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"python {sys.version_info[0]}".encode())
def main():
    http.server.ThreadingHTTPServer((os.environ["BIND_ADDRESS"], int(os.environ["PORT"])), Page).serve_forever()`,
    });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("snake")).text).toBe("python 3");
  });
});

describe("an app in two languages", () => {
  it("builds the front end first, and runs the app", async () => {
    const deployment = await deploy("both", {
      "hop3.toml":
        '[build]\nmethod = "local"\n[run]\nstart = "python3 -m http.server --bind $BIND_ADDRESS --directory dist $PORT"\n',
      "requirements.txt": "",
      "package.json": JSON.stringify({
        name: "pages",
        scripts: { build: "mkdir -p dist && node -e 'console.log(1+1)' > dist/index.html" },
      }),
    });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("both")).text).toBe("2\n");
    const release = await server.json<ReleaseDetail>("GET", "/apps/both/releases/1");
    expect(release.artifact?.provenance.toolchains).toEqual(["node", "python"]);
  });
});

const local = (start = "") => ({
  "hop3.toml": `[build]\nmethod = "local"\n${start === "" ? "" : `[run]\nstart = "${start}"\n`}`,
});

describe("one app of each further toolchain", () => {
  it.each([
    [
      "golang",
      {
        "go.mod": "module example.org/hello\n\ngo 1.19\n",
        "main.go": `package main
import ("fmt"; "net/http"; "os")
func main() {
  http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello from go") })
  http.ListenAndServe(os.Getenv("BIND_ADDRESS") + ":" + os.Getenv("PORT"), nil)
}`,
        ...local(),
      },
    ],
    [
      "php",
      {
        "public/index.php": "<?php echo 'hello from ' . 'php';",
        ...local(),
      },
    ],
    [
      "ruby",
      {
        Gemfile: "source 'https://rubygems.example'\n",
        "Gemfile.lock":
          "GEM\n  remote: https://rubygems.example/\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n\nBUNDLED WITH\n   2.3.15\n",
        "server.rb": `require "socket"
server = TCPServer.new(ENV["BIND_ADDRESS"], ENV["PORT"].to_i)
loop do
  client = server.accept
  while (line = client.gets) && line != "\\r\\n"; end
  client.write "HTTP/1.1 200 OK\\r\\nContent-Length: 15\\r\\nConnection: close\\r\\n\\r\\nhello from ruby"
  client.close
end`,
        ...local("bundle exec ruby server.rb"),
      },
    ],
  ])("%s", async (name, files: Record<string, string>) => {
    const deployment = await deploy(`tool-${name}`, files);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get(`tool-${name}`)).text).toContain("hello from ");
  });
});
