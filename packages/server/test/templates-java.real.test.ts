import { randomUUID } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/proc/run.ts";
import { mavenRegistry } from "./registry/maven.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { buildAttribute } from "./support/package-set.ts";
import { type FileServer, startFileServer } from "./support/registry.ts";
import { useTestServer } from "./support/use-test-server.ts";

let files: FileServer;
let registry: TestRegistry;
let jdk = "";
/** Of commons-lang3, as the distribution has it. */
let version = "";

beforeAll(async () => {
  files = await startFileServer();
});

afterAll(async () => {
  await files.close();
  await registry?.close();
});

const server = useTestServer("java", {
  async settings(home) {
    const repositories = await Promise.all(
      ["libcommons-lang3-java", "libcommons-parent-java", "libapache-pom-java"].map(
        async (name) => `${await buildAttribute(home, "debianPackages", name)}/share/maven-repo`,
      ),
    );
    const versions = await readdir(`${repositories[0]}/org/apache/commons/commons-lang3`);
    version = versions.find((name) => /^[\d.]+$/.test(name)) ?? "";
    jdk = await buildAttribute(home, "jdk");
    registry = await startRegistry([mavenRegistry(repositories)]);
    return `[registries]\nmaven = "${registry.url("maven")}"\n`;
  },
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
    await expect(buildAttribute(server.home, "jdk8")).rejects.toThrow(
      /jdk8: the locked Debian index has no OpenJDK 8; it has .*jdk\d\d/,
    );
  });
});

/** The example's directory with the archive that is made of it; `api` has the servlet classes to compile with. */
async function makeWar(api: string, edit: (source: string) => string = (source) => source) {
  const dir = await copyTree(join(examplesDir, "java-war"));
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
    const tomcat = await buildAttribute(server.home, "tomcat10");
    await checkExample(server, "java-war", await makeWar(`${tomcat}/lib/servlet-api.jar`));
  });

  it("translates an archive that was written for Java EE", async () => {
    const api = await buildAttribute(server.home, "debianPackages", "libservlet-api-java");
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

/** hop3.lock of a gradle.lockfile, as the command writes it. */
async function lockModules(lockfile: string): Promise<string> {
  const dir = await makeTree({ "gradle.lockfile": lockfile });
  const done = await hop3(server, "nix", "lock", dir);
  expect(done.stderr).not.toContain("error");
  return readFile(join(dir, "hop3.lock"), "utf8");
}

/** What `gradle --write-verification-metadata sha256` writes: the same files, by component. */
function verificationMetadata(lock: string): string {
  const { packages } = JSON.parse(lock) as {
    packages: Record<string, { file: string; path: string; hash: string }[]>;
  };
  const components = Object.values(packages).flatMap((found) =>
    found.map(({ file, path, hash }) => {
      const [version, name, ...group] = path.split("/").toReversed().slice(1);
      const hex = Buffer.from(hash.replace("sha256-", ""), "base64").toString("hex");
      return `<component group="${group.toReversed().join(".")}" name="${name}" version="${version}">
<artifact name="${file}"><sha256 value="${hex}" origin="Generated by Gradle"/></artifact></component>`;
    }),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<verification-metadata>
   <configuration><verify-metadata>true</verify-metadata></configuration>
   <components>${components.join("\n")}</components>
</verification-metadata>
`;
}

async function gradleExample(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await makeTree(files);
  await cp(join(examplesDir, "java-gradle"), dir, { recursive: true });
  const script = join(dir, "build.gradle");
  await writeFile(script, (await readFile(script, "utf8")).replace("3.12.0", version));
  return dir;
}

/** All derivations that a Release of the example consists of. */
async function derivations(release: number): Promise<readonly string[]> {
  const path = `/apps/java-gradle/releases/${release}`;
  const { artifact } = await server.json<ReleaseDetail>("GET", path);
  const drv = artifact?.provenance.drv_path ?? "";
  const { stdout } = await run({ argv: ["nix-store", "--query", "--requisites", drv] });
  return stdout.split("\n").filter((line) => line.endsWith(".drv"));
}

describe("java-gradle", () => {
  const lockfile = () =>
    `org.apache.commons:commons-lang3:${version}=compileClasspath,runtimeClasspath\nempty=\n`;

  it("builds with the files of verification-metadata.xml, and nothing of them again for a changed line", async () => {
    const metadata = verificationMetadata(await lockModules(lockfile()));
    const dir = await gradleExample({ "gradle/verification-metadata.xml": metadata });
    await checkExample(server, "java-gradle", dir);
    const main = join(dir, "src/main/java/example/Main.java");
    await writeFile(main, `${await readFile(main, "utf8")}// ${randomUUID()}\n`);
    const asked = registry.asked.length;
    const deployment = await server.deployed("java-gradle", dir);
    expect(deployment.state).toBe("succeeded");
    const log = await server.api(
      "GET",
      `/apps/java-gradle/releases/${deployment.release}/build-log`,
    );
    expect(log.text).toMatch(/-java-gradle-[^/]*\.drv/);
    expect(log.text).not.toMatch(/dependencies\.drv|\.(?:jar|pom)\.drv/);
    expect(registry.asked).toHaveLength(asked);
    const [before, after] = [await derivations(1), await derivations(deployment.release ?? 0)];
    expect(before.filter((path) => path.endsWith(".pom.drv")).length).toBeGreaterThan(2);
    const changed = after.filter((path) => !before.includes(path)).map((path) => path.slice(44));
    expect(changed.sort()).toEqual(["hop3-release-java-gradle.drv", "java-gradle-0.drv"]);
  });

  it("builds with gradle.lockfile and hop3.lock", async () => {
    const lock = await lockModules(lockfile());
    const dir = await gradleExample({ "gradle.lockfile": lockfile(), "hop3.lock": lock });
    const deployment = await server.deployed("locked", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("locked", "/abc")).text).toBe("cba\n");
    await rm(join(dir, "hop3.lock"));
    const { failure } = await server.deployed("locked", dir);
    expect(failure?.code).toBe("LOCKFILE_NO_HASH");
    expect(failure?.hint).toContain("hop3 nix lock");
  });

  it("asks for a lockfile where there is none", async () => {
    const { failure } = await server.deployed("loose", await gradleExample({}));
    expect(failure?.code).toBe("LOCKFILE_MISSING");
    expect(failure?.hint).toContain("--write-verification-metadata sha256");
  });

  it("takes the distribution that the wrapper pins", async () => {
    // Stands for a Gradle: compiles and packs, where it was asked to without network.
    const script = `#!/usr/bin/env sh
case " $* " in *" --offline "*" assemble ") ;; *) exit 1 ;; esac
mkdir -p build/classes build/libs
"$JAVA_HOME/bin/javac" -d build/classes Main.java
"$JAVA_HOME/bin/jar" --create --file build/libs/own.jar --main-class Main -C build/classes .
`;
    const tree = await makeTree({ "gradle-9.9/bin/gradle": script });
    await run({ argv: ["chmod", "+x", "gradle-9.9/bin/gradle"], cwd: tree });
    const zip = join(await buildAttribute(server.home, "zip"), "bin/zip");
    await run({ argv: [zip, "-qr", "gradle.zip", "gradle-9.9"], cwd: tree });
    const { url, sha256 } = files.serve(
      "/gradle-9.9-bin.zip",
      await readFile(join(tree, "gradle.zip")),
    );
    const wrapper = `distributionUrl=${url.replaceAll(":", "\\:")}\ndistributionSha256Sum=${sha256}\n`;
    const dir = await makeTree({
      "build.gradle.kts": "plugins { java }\n",
      "gradle/wrapper/gradle-wrapper.properties": wrapper,
      "Main.java": `import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
public class Main {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(System.getenv("SERVER_PORT"));
    var server = HttpServer.create(new InetSocketAddress(System.getenv("SERVER_ADDRESS"), port), 0);
    server.createContext("/", exchange -> { exchange.sendResponseHeaders(204, -1); exchange.close(); });
    server.start();
  }
}
`,
    });
    const deployment = await server.deployed("wrapped", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("wrapped")).status).toBe(204);
  });
});
