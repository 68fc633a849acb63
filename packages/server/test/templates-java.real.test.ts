import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/proc/run.ts";
import { makeTree } from "./support/apps.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { buildAttribute } from "./support/package-set.ts";
import { type FileServer, startFileServer } from "./support/registry.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

let home = "";
let server: TestServer;
let files: FileServer;
let jdk = "";

beforeAll(async () => {
  files = await startFileServer();
  home = await makeTestHome("java");
  server = await startTestServer({ home });
  jdk = await buildAttribute(home, "jdk");
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
  await files.close();
});

/** Runs a program of the JDK with nothing in its environment. */
async function java(program: string, cwd: string, ...args: readonly string[]): Promise<string> {
  const result = await run({ argv: [join(jdk, "bin", program), ...args], cwd, env: {} });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout + result.stderr;
}

describe("the JDK of the set, with an empty environment", () => {
  it("compiles, draws text without a screen and knows the certificate authorities", async () => {
    const dir = await makeTree({
      "Probe.java": `import java.awt.Font;
import java.awt.image.BufferedImage;
public class Probe {
  public static void main(String[] args) throws Exception {
    var image = new BufferedImage(80, 20, BufferedImage.TYPE_INT_RGB);
    var graphics = image.createGraphics();
    graphics.setFont(new Font("Serif", Font.BOLD, 12));
    graphics.drawString("text", 2, 15);
    int lit = 0;
    for (int x = 0; x < 80; x++) for (int y = 0; y < 20; y++) if ((image.getRGB(x, y) & 255) > 0) lit++;
    System.out.println("lit " + (lit > 20));
    javax.net.ssl.SSLContext.getDefault();
  }
}
`,
    });
    await java("javac", dir, "Probe.java");
    expect(await java("java", dir, "-cp", ".", "Probe")).toBe("lit true\n");
    const listed = await java("keytool", dir, "-list", "-cacerts", "-storepass", "changeit");
    expect(Number(/contains (\d+) entries/.exec(listed)?.[1])).toBeGreaterThan(50);
    expect(await java("java", dir, "-version")).toContain("OpenJDK");
  });

  it("names the versions there are for one that is not", async () => {
    await expect(buildAttribute(home, "jdk8")).rejects.toThrow(
      /jdk8: the locked Debian index has no OpenJDK 8; it has .*jdk\d\d/,
    );
  });
});

/** The example's directory with the archive that is made of it; `api` has the servlet classes to compile with. */
async function makeWar(api: string, edit: (source: string) => string = (source) => source) {
  const dir = await makeTree({});
  await cp(join(examplesDir, "java-war"), dir, { recursive: true });
  const source = join(dir, "src/Hello.java");
  await writeFile(source, edit(await readFile(source, "utf8")));
  await mkdir(join(dir, "webapp/WEB-INF/classes"));
  await java("javac", dir, "-cp", api, "-d", "webapp/WEB-INF/classes", "src/Hello.java");
  await java("jar", dir, "--create", "--file", "hello.war", "-C", "webapp", ".");
  await rm(join(dir, "webapp"), { recursive: true });
  return dir;
}

describe("java-war", () => {
  it("runs an archive of the project in Tomcat", async () => {
    const tomcat = await buildAttribute(home, "tomcat10");
    await checkExample(server, "java-war", await makeWar(`${tomcat}/lib/servlet-api.jar`));
  });

  it("translates an archive that was written for Java EE", async () => {
    const api = await buildAttribute(home, "debianPackages", "libservlet-api-java");
    const dir = await makeWar(`${api}/share/java/servlet-api.jar`, (source) =>
      source.replaceAll("jakarta.", "javax."),
    );
    const deployment = await server.deployed("java-ee", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("java-ee", "/hello")).text).toContain("hello from Apache Tomcat/");
  });

  it("starts one that starts itself, fetched by its hash", async () => {
    const dir = await makeTree({
      "Main.java": `import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
public class Main {
  public static void main(String[] args) throws Exception {
    var address = new InetSocketAddress(System.getenv("BIND_ADDRESS"), Integer.parseInt(args[0].split("=")[1]));
    var server = HttpServer.create(address, 0);
    server.createContext("/", exchange -> {
      var text = String.join(" ", System.getenv("KITCHEN_HOME"), System.getProperty("spice"), args[1]);
      exchange.sendResponseHeaders(200, text.length());
      exchange.getResponseBody().write(text.getBytes());
      exchange.close();
    });
    server.start();
  }
}
`,
    });
    await java("javac", dir, "Main.java");
    await java(
      "jar",
      dir,
      "--create",
      "--file",
      "kitchen.war",
      "--main-class",
      "Main",
      "-C",
      dir,
      ".",
    );
    const { url, sha256 } = files.serve(
      "/1.0/kitchen.war",
      await readFile(join(dir, "kitchen.war")),
    );
    const deployment = await server.deployed(
      "kitchen",
      await makeTree({
        "hop3.toml": `[metadata]
version = "1.0"
[nix]
template = "java-war"
url = "${url.replace("1.0", "${version}")}"
sha256 = "${sha256}"
runtime-package = "jdk_headless"
war-file = "kitchen.war"
exec-args = ['--httpPort="\${PORT:-8080}"', "two  words", '"$@"']
pre-exec = ['mkdir -p "$KITCHEN_HOME"']
extra-paths = ['\${jdk}/bin']
[nix.env-exports]
KITCHEN_HOME = "\${KITCHEN_HOME:-./kitchen}"
[nix.runtime-env]
JAVA_OPTS = "-Xmx64m -Dspice='black pepper'"
`,
      }),
    );
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("kitchen")).text).toBe("./kitchen black pepper two  words");
  });

  it("says that an archive is none", async () => {
    const dir = await makeTree({ "a.txt": "no class, no WEB-INF\n" });
    await java("jar", dir, "--create", "--file", "odd.war", "a.txt");
    const { failure } = await server.deployed("odd", dir);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toContain("odd.war has neither a main class nor WEB-INF");
  });
});
