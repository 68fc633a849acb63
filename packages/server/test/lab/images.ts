import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run, wholeEnvironment } from "../../src/proc/run.ts";
import { exampleGems, fitGems } from "../support/conformance-examples.ts";
import { buildExpression } from "../support/package-set.ts";
import { destroyHome, makeTestHome } from "../support/test-server.ts";
import { engine } from "./engine.ts";

const examplesDir = join(import.meta.dirname, "../../../../examples");

/** Examples of which images/ has a Dockerfile; of the suite those are left out that have another package manager for Node. */
export const imageExamples = [
  "templates/static-site",
  "templates/node-source",
  "templates/python-venv",
  "templates/php-pages",
  "templates/ruby-bundler",
  "templates/go-source",
  "templates/rust-source",
  "templates/java-gradle",
  "templates/java-war",
  "two-languages",
] as const;
export type ImageExample = (typeof imageExamples)[number];

/** What the Dockerfiles find in /opt: languages, and packages of them. */
const languages = `pkgs.symlinkJoin {
  name = "languages";
  paths = [
    (pkgs.python3.withPackages (packages: [ packages.flask packages.gunicorn ]))
    pkgs.nodejs
    pkgs.php
    pkgs.ruby
    pkgs.go
    pkgs.cargo
    pkgs.stdenv.cc
    pkgs.gnumake
    pkgs.coreutils
    pkgs.jdk
    pkgs.tomcat10
  ] ++ map (name: pkgs.debianPackages.\${name}) [
    "golang-github-gorilla-mux-dev"
    "librust-fnv-dev"
    "librust-itoa-dev"
    "libcommons-lang3-java"
  ];
}`;

/** Made where the network can be reached, for machines where it cannot. */
export interface Contexts {
  /** A directory for each example, with its Dockerfile and all that this one copies. */
  readonly dir: string;
  /** Store path of the languages. */
  readonly languages: string;
  remove(): Promise<void>;
}

/** Below a directory that a machine of the lab sees too. */
export async function makeContexts(): Promise<Contexts> {
  const home = await makeTestHome("images");
  const dir = await mkdtemp(join(homedir(), ".cache/hop3-test/images-"));
  const path = await buildExpression(home, languages);
  for (const example of imageExamples) {
    await cp(join(examplesDir, example), join(dir, example), { recursive: true });
    await copyFile(dockerfileOf(example), join(dir, example, "Dockerfile"));
  }
  await fetchPackages(`${path}/bin/npm`, join(dir, "templates/node-source"));
  await vendorGems(home, join(dir, "templates/ruby-bundler"));
  await destroyHome(home);
  return { dir, languages: path, remove: () => rm(dir, { recursive: true }) };
}

function dockerfileOf(example: ImageExample): string {
  return join(import.meta.dirname, "images", `${example.split("/").at(-1)}.Dockerfile`);
}

/** Leaves a cache of which `npm ci --offline` installs. */
async function fetchPackages(npm: string, cwd: string): Promise<void> {
  const options = ["--ignore-scripts", "--no-audit", "--logs-max", "0", "--cache", "npm-cache"];
  const { exitCode, stderr } = await run({
    argv: [npm, "ci", ...options],
    cwd,
    env: wholeEnvironment(),
  });
  if (exitCode !== 0) throw new Error(stderr);
  await rm(join(cwd, "node_modules"), { recursive: true });
}

async function vendorGems(home: string, dir: string): Promise<void> {
  const gems = await exampleGems(home);
  await fitGems(dir, gems);
  const vendor = join(dir, "vendor/cache");
  await mkdir(vendor, { recursive: true });
  for (const { fileName, content } of gems) await writeFile(join(vendor, fileName), content);
}

/** An image with the languages in /opt. Containers see the store of this machine: copying more than a gigabyte proves nothing. */
export async function importLanguages(path: string): Promise<void> {
  const volumes = '[containers]\nvolumes = ["/nix/store:/nix/store:ro"]\n';
  await mkdir("/etc/containers", { recursive: true });
  await writeFile("/etc/containers/containers.conf", volumes);
  const dir = await mkdtemp("/tmp/languages-");
  const dockerfile = `FROM localhost/base:1
RUN ln -s ${path} /opt && busybox --install -s /usr/bin
ENV PATH=/opt/bin:/usr/bin:/bin
`;
  await writeFile(join(dir, "Dockerfile"), dockerfile);
  await engine("podman", "build", "--tag", "localhost/languages:1", dir);
}
