import { existsSync, lstatSync, readdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("local");

const pages = (text: string, more = "") => ({
  "hop3.toml": `[build]\nmethod = "local"\n${more}`,
  "index.html": `<h1>${text}</h1>`,
});

const local = (start = "") => ({
  "hop3.toml": `[build]\nmethod = "local"\n${start === "" ? "" : `[run]\nstart = "${start}"\n`}`,
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
    expect(lstatSync(join(server.home, "apps/pages/releases/1/root")).isSymbolicLink()).toBe(true);
  });

  it("builds nothing for the same Source", async () => {
    const again = await deploy("pages", pages("one"));
    expect(again.unchanged).toBe(true);
    expect(readdirSync(join(server.home, "apps/pages/local/builds"))).toHaveLength(1);
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
    expect(readdirSync(join(server.home, "apps/pages/local/builds"))).toHaveLength(3);
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
    const before = readdirSync(join(server.home, "apps/nodes/local/deps")).sort();
    const deployment = await deploy("nodes", {
      ...nodeApp("two"),
      "hop3.toml": '[build]\nmethod = "local"\n',
    });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("nodes")).text).toMatch(/^two true true false/);
    expect(readdirSync(join(server.home, "apps/nodes/local/deps")).sort()).toEqual(before);
  });
});

describe("a native addon of npm", () => {
  it("is compiled against the headers of the package set", async () => {
    const example = join(import.meta.dirname, "../../../examples/templates/node-addon");
    const dir = await makeTree(local());
    await cp(example, dir, { recursive: true });
    const { failure } = await server.deployed("node-addon", dir);
    expect(failure, JSON.stringify(failure)).toBeUndefined();
    expect((await server.get("node-addon", "/secret")).text).toContain("secret: $2b$04$ true");
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

// Go is built by the conformance suite.
describe("one app of each further toolchain", () => {
  it.each([
    [
      "php",
      {
        "composer.json": JSON.stringify({ require: { "ext-gd": "*", "ext-json": "*" } }),
        "public/index.php":
          "<?php echo 'hello from ' . (function_exists('imagecreate') ? 'php' : 'a php without gd');",
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

const rustApp = {
  "Cargo.toml": '[package]\nname = "rusty"\nversion = "0.1.0"\nedition = "2021"\n',
  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "rusty"\nversion = "0.1.0"\n',
  "src/main.rs": `use std::io::{Read, Write};
fn main() {
    let host = std::env::var("BIND_ADDRESS").unwrap();
    let port = std::env::var("PORT").unwrap();
    let listener = std::net::TcpListener::bind(format!("{host}:{port}")).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\\r\\nContent-Length: 15\\r\\nConnection: close\\r\\n\\r\\nhello from rust");
    }
}
`,
  ...local(),
};

describe("the rust toolchain", () => {
  it("builds the program of the package and runs it", async () => {
    const deployment = await deploy("tool-rust", rustApp);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("tool-rust")).text).toBe("hello from rust");
  });
});

const javaMain = `import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
public class Main {
  public static void main(String[] args) throws Exception {
    var port = Integer.parseInt(System.getenv("SERVER_PORT"));
    var server = HttpServer.create(new InetSocketAddress(System.getenv("BIND_ADDRESS"), port), 0);
    server.createContext("/", exchange -> {
      var text = "hello from java, home " + System.getProperty("user.home").equals(System.getenv("HOME"));
      exchange.sendResponseHeaders(200, text.length());
      exchange.getResponseBody().write(text.getBytes());
      exchange.close();
    });
    server.start();
  }
}
`;

describe("the java toolchain", () => {
  // An installed program is built by the conformance suite.
  it("builds an archive with a main class with Gradle", async () => {
    const deployment = await deploy("gradle-archive", {
      "build.gradle":
        "plugins { id 'java' }\njar { manifest { attributes 'Main-Class': 'Main' } }\n",
      "settings.gradle": "rootProject.name = 'gradle-archive'\n",
      "src/main/java/Main.java": javaMain,
      ...local(),
    });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("gradle-archive")).text).toBe("hello from java, home true");
  });

  it("runs a web archive of the project in Tomcat", async () => {
    const page = '<% out.print("hello from " + application.getServerInfo()); %>\n';
    const deployment = await deploy("war", {
      "build.gradle": "plugins { id 'war' }\n",
      "settings.gradle": "rootProject.name = 'site'\n",
      "src/main/webapp/index.jsp": page,
      "src/main/webapp/WEB-INF/web.xml":
        '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0"></web-app>\n',
      ...local(),
    });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("war")).text).toContain("hello from Apache Tomcat/");
  });
});

describe("builds side by side", () => {
  it("of two apps of one toolchain", async () => {
    const step = 'before-build = "date +%s > began; sleep 2; date +%s > ended"\n';
    const [one, two] = await Promise.all([
      deploy("side-one", pages("one", step)),
      deploy("side-two", pages("two", step)),
    ]);
    expect([one.failure, two.failure]).toEqual([undefined, undefined]);
    expect((await server.get("side-one")).text).toContain("one");
    expect((await server.get("side-two")).text).toContain("two");
    const time = async (app: string, file: string) => Number((await server.get(app, file)).text);
    expect(await time("side-one", "/began")).toBeLessThan(await time("side-two", "/ended"));
    expect(await time("side-two", "/began")).toBeLessThan(await time("side-one", "/ended"));
  });
});

describe("programs of the host", () => {
  it("are used where hop3.toml says so, and the artifact says it", async () => {
    const more =
      'toolchain-source = "host"\npackages = ["caddy"]\nbefore-build = "command -v ls > which"\n';
    const deployment = await deploy("hosted", pages("host", more));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("hosted", "/which")).text).toMatch(/^\/(?:usr\/)?bin\/ls$/m);
    const release = await server.json<ReleaseDetail>("GET", "/apps/hosted/releases/1");
    expect(release.artifact?.provenance.toolchain_source).toBe("host");
    for (const command of ["info", "releases"]) {
      const said = await hop3(server, command, "--app", "hosted");
      expect(said.stdout).toContain("unpinned, host's programs");
    }
    expect((await hop3(server, "releases", "--app", "pages")).stdout).not.toContain("host's");
  });
});

describe("kill -9 of the server in a build", () => {
  it("leaves nothing behind, and the next deploy works", async () => {
    await deploy("cut", pages("one"));
    const builds = join(server.home, "apps/cut/local/builds");
    const whole = readdirSync(builds);
    const step = 'before-build = "touch begun; sleep 30"\n';
    const { id } = await server.deploy("cut", await makeTree(pages("two", step)));
    const isBegun = () =>
      readdirSync(builds).some((dir) => existsSync(join(builds, dir, "app/begun")));
    await expect.poll(isBegun, { timeout: 60_000 }).toBe(true);
    await server.kill();
    await server.restart();
    expect((await server.ended(id)).failure).toMatchObject({ code: "DEPLOY_INTERRUPTED" });
    expect(readdirSync(builds)).toEqual(whole);
    expect((await server.get("cut")).text).toContain("one");
    const next = await deploy("cut", pages("three"));
    expect(next.failure, JSON.stringify(next.failure)).toBeUndefined();
    expect((await server.get("cut")).text).toContain("three");
  });
});
