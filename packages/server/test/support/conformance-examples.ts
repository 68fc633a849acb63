import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../src/proc/run.ts";
import { cratesRegistry, debianCrate, relock } from "../registry/crates.ts";
import { debianModule, goProxy, goSumOf } from "../registry/go.ts";
import { mavenRegistry } from "../registry/maven.ts";
import { debianPhp, packagistRegistry } from "../registry/packagist.ts";
import { debianWheel, pypi, requirementLines } from "../registry/pypi.ts";
import { type RegistryProtocol, startRegistry, type TestRegistry } from "../registry/registry.ts";
import {
  debianGems,
  gemfileLock,
  gemRegistry,
  type ServedGem,
  sourceGem,
} from "../registry/rubygems.ts";
import { copyTree, makeTree } from "./apps.ts";
import { hop3 } from "./cli.ts";
import { hostOnlyValue } from "./conformance-subject.ts";
import { buildAttribute } from "./package-set.ts";
import { destroyHome, makeTestHome, startTestServer, type TestServer } from "./test-server.ts";

const examplesDir = join(import.meta.dirname, "../../../../examples");

/** An example of which the registry on this machine has everything. */
interface Prepared {
  readonly protocol?: RegistryProtocol;
  /** Key of `[registries]`, and what its address ends in. */
  readonly registry?: readonly [key: string, prefix: string, path?: string];
  /** Makes a copy of the example fit this registry's packages. */
  fit?(dir: string): Promise<void>;
}

interface Parts {
  readonly home: string;
  /** Known once all protocols are. */
  url(prefix: string): string;
}

type Prepare = (parts: Parts) => Promise<Prepared>;

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, "utf8")));
}

async function lock({ home }: Parts, dir: string): Promise<void> {
  const { exitCode, stderr } = await hop3({ home }, "nix", "lock", dir);
  if (exitCode !== 0) throw new Error(stderr);
}

const python: Prepare = async () => {
  const names =
    "flask gunicorn werkzeug jinja2 itsdangerous click markupsafe packaging pkg-resources";
  const wheels = await Promise.all(names.split(" ").map((name) => debianWheel(`python3-${name}`)));
  return {
    protocol: pypi(wheels),
    registry: ["pypi", "pypi", "/simple/"],
    fit: (dir) => writeFile(join(dir, "requirements.txt"), requirementLines(wheels)),
  };
};

/** What the Ruby example's Gemfile asks for, and what that needs. */
export async function exampleGems(home: string): Promise<readonly ServedGem[]> {
  const bin = `${await buildAttribute(home, "ruby")}/bin`;
  const names =
    "puma rake ruby-mustermann ruby-nio4r ruby-rack ruby-rack-protection ruby-rack-test ruby-ruby2-keywords ruby-sinatra ruby-tilt";
  return [...(await debianGems(bin, names.split(" "))), await sourceGem(bin)];
}

/** Makes a copy of the Ruby example ask for exactly these. */
export async function fitGems(dir: string, gems: readonly ServedGem[]): Promise<void> {
  const direct = ["counted", "puma", "rack-test", "rake", "sinatra"];
  await writeFile(join(dir, "Gemfile.lock"), gemfileLock(gems, direct));
  // The distribution's Puma is compiled already, and finds libssl only where Ruby has loaded it.
  const procfile = join(dir, "Procfile");
  await edit(procfile, (text) => text.replace("exec puma", "exec ruby -ropenssl -S puma"));
}

const ruby: Prepare = async ({ home }) => {
  const gems = await exampleGems(home);
  return {
    protocol: gemRegistry(gems),
    registry: ["rubygems", "rubygems"],
    fit: (dir) => fitGems(dir, gems),
  };
};

const go: Prepare = async (parts) => {
  const from = "golang-github-gorilla-mux-dev";
  const mux = await debianModule("github.com/gorilla/mux", "v1.8.0", { from });
  return {
    protocol: goProxy([mux]),
    registry: ["go", "go"],
    async fit(dir) {
      await writeFile(join(dir, "go.sum"), goSumOf([mux]));
      // [nix] go-ldflags is for the template alone.
      await edit(join(dir, "main.go"), (text) => text.replace('= "unknown"', '= "1.2.0"'));
      await lock(parts, dir);
    },
  };
};

const rust: Prepare = async () => {
  const crates = [await debianCrate("fnv"), await debianCrate("itoa")];
  return {
    protocol: cratesRegistry(crates),
    registry: ["crates", "crates"],
    fit: (dir) => edit(join(dir, "Cargo.lock"), (text) => relock(text, crates)),
  };
};

const gradle: Prepare = async (parts) => {
  const names = ["libcommons-lang3-java", "libcommons-parent-java", "libapache-pom-java"];
  const repositories = await Promise.all(
    names.map(async (name) => {
      const path = await buildAttribute(parts.home, "debianPackages", name);
      return `${path}/share/maven-repo`;
    }),
  );
  const versions = await readdir(`${repositories[0]}/org/apache/commons/commons-lang3`);
  const version = versions.find((name) => /^[\d.]+$/.test(name)) ?? "";
  return {
    protocol: mavenRegistry(repositories),
    registry: ["maven", "maven"],
    async fit(dir) {
      await edit(join(dir, "build.gradle"), (text) => text.replace("3.12.0", version));
      const locked = `org.apache.commons:commons-lang3:${version}=compileClasspath,runtimeClasspath\nempty=\n`;
      await writeFile(join(dir, "gradle.lockfile"), locked);
      await lock(parts, dir);
    },
  };
};

const php: Prepare = async (parts) => {
  const composer = `${await buildAttribute(parts.home, "phpPackages", "composer")}/bin/composer`;
  const packages = await Promise.all([
    debianPhp("psr/log", {
      debian: "php-psr-log",
      directory: "Psr/Log",
      namespace: "Psr\\Log",
      version: "1.1.4",
      hasHash: true,
    }),
    debianPhp("monolog/monolog", {
      debian: "php-monolog",
      directory: "Monolog",
      namespace: "Monolog",
      version: "2.9.1",
      require: { "psr/log": "^1.0.1 || ^2 || ^3" },
      hasHash: false,
    }),
  ]);
  return {
    protocol: packagistRegistry(packages, () => parts.url("packagist")),
    registry: ["packagist", "packagist"],
    async fit(dir) {
      const repositories = [
        { type: "composer", url: parts.url("packagist") },
        { packagist: false },
      ];
      const settings = JSON.stringify({ repositories, config: { "secure-http": false } });
      const home = await makeTree({ "config.json": settings });
      await edit(join(dir, "composer.json"), (text) =>
        text.replace(/ {2}"require-dev": \{[^}]*\},\n/, ""),
      );
      await Promise.all(["composer.lock", "hop3.lock"].map((file) => rm(join(dir, file))));
      const argv = [composer, "update", "--no-install", "--ignore-platform-reqs"] as const;
      const env = { HOME: home, COMPOSER_HOME: home, COMPOSER_ALLOW_SUPERUSER: "1" };
      const { exitCode, stderr } = await run({ argv, cwd: dir, env });
      if (exitCode !== 0) throw new Error(stderr);
      await lock(parts, dir);
    },
  };
};

const war: Prepare = async ({ home }) => {
  const jdk = await buildAttribute(home, "jdk");
  const api = `${await buildAttribute(home, "tomcat10")}/lib/servlet-api.jar`;
  return {
    async fit(dir) {
      const classes = "webapp/WEB-INF/classes";
      await mkdir(join(dir, classes));
      for (const [program = "", ...args] of [
        ["javac", "-cp", api, "-d", classes, "src/Hello.java"],
        ["jar", "--create", "--file", "hello.war", "-C", "webapp", "."],
      ]) {
        const made = await run({ argv: [join(jdk, "bin", program), ...args], cwd: dir, env: {} });
        if (made.exitCode !== 0) throw new Error(made.stderr);
      }
      await rm(join(dir, "webapp"), { recursive: true });
    },
  };
};

const plain: Prepare = async () => ({});

/** Examples by their directory below examples/, with what each needs beside its files. */
const examples = {
  "templates/static-site": plain,
  "templates/node-source": plain,
  "templates/node-workspaces": plain,
  "templates/node-yarn": plain,
  "templates/python-venv": python,
  "templates/ruby-bundler": ruby,
  "templates/php-pages": plain,
  "templates/php-app": php,
  "templates/go-source": go,
  "templates/rust-source": rust,
  "templates/java-gradle": gradle,
  "templates/java-war": war,
  "two-languages": plain,
} as const satisfies Readonly<Record<string, Prepare>>;

export type ConformanceExample = keyof typeof examples;

/** A registry on this machine that has what the examples need. */
export interface ExampleRegistry {
  /** `[registries]` of server.toml, for a server that shall ask it. */
  readonly settings: string;
  /** A copy of the example whose lockfiles fit the registry; needs the server. */
  copy(name: ConformanceExample): Promise<string>;
  close(): Promise<void>;
}

/** For the server of `home`, which is started after this. */
export async function openRegistry(
  home: string,
  names: readonly ConformanceExample[],
): Promise<ExampleRegistry> {
  let registry: TestRegistry | undefined;
  const parts: Parts = { home, url: (prefix) => registry?.url(prefix) ?? "" };
  const prepared = new Map<ConformanceExample, Prepared>();
  for (const name of names) prepared.set(name, await examples[name](parts));
  const all = [...prepared.values()];
  registry = await startRegistry(all.flatMap(({ protocol }) => protocol ?? []));
  const lines = all.flatMap(({ registry: entry }) => {
    if (entry === undefined) return [];
    const [key, prefix, path = ""] = entry;
    return [`${key} = "${parts.url(prefix)}${path}"\n`];
  });
  return {
    settings: `[registries]\n${lines.join("")}`,
    async copy(name) {
      const dir = await copyTree(join(examplesDir, name));
      await prepared.get(name)?.fit?.(dir);
      return dir;
    },
    close: async () => registry?.close(),
  };
}

/** A server with such a registry beside it. */
export interface ConformanceBed extends Pick<ExampleRegistry, "copy" | "close"> {
  readonly server: TestServer;
}

/** Variables of the server that no app may see. */
const hostOnly = { HOST_ONLY: hostOnlyValue, NODE_ENV: hostOnlyValue };

export async function openBed(names: readonly ConformanceExample[]): Promise<ConformanceBed> {
  const home = await makeTestHome("conformance");
  const registry = await openRegistry(home, names);
  await writeFile(join(home, "server.toml"), registry.settings);
  const server = await startTestServer({ home, env: hostOnly });
  return {
    server,
    copy: registry.copy,
    async close() {
      await server.stop();
      await destroyHome(home);
      await registry.close();
    },
  };
}
