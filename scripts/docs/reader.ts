import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { run } from "../../packages/server/src/proc/run.ts";
import { openRegistry } from "../../packages/server/test/support/conformance-examples.ts";
import { buildAttribute } from "../../packages/server/test/support/package-set.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "../../packages/server/test/support/test-server.ts";
import { ownEnvironment } from "../demo/hop3.ts";
import { commandsNotRun } from "./not-run.ts";
import { type PageCommand, type PageStep, readSteps } from "./page-script.ts";
import { type Preparation, preparations } from "./preparations.ts";
import { judge, toScript } from "./shell.ts";
import { makeWorld, type World } from "./world.ts";

const repository = join(import.meta.dirname, "../..");
const docs = join(repository, "docs");

/** The examples of the reference of commands are parsed by a test of the CLI; decisions tell, they do not teach. */
const untaught = /^(adr\/|reference\/|STATUS\.md)/;

/** Every page that somebody may follow, as a path below docs/. */
export const pages: readonly string[] = [
  "../README.md",
  "../CONTRIBUTING.md",
  ...readdirSync(docs, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !untaught.test(path))
    .sort(),
];

export function readPage(page: string): string {
  return readFileSync(join(docs, page), "utf8");
}

export function isRun(page: string, { text }: PageCommand): boolean {
  return !commandsNotRun.some((each) => each.page === page && text.startsWith(each.command));
}

/** Those that have commands, without those that are left out altogether. */
export function pagesToFollow(among: RegExp): readonly string[] {
  return pages.filter(
    (page) =>
      among.test(page) &&
      readSteps(readPage(page)).some((step) => step.kind === "command" && isRun(page, step)),
  );
}

/** What is built with where nothing can be fetched. */
const toolsApart = ["perl", "busybox", "bash", "cacert", "bubblewrap"];

/** Somebody who does what pages say, beside a server. */
export interface Reader {
  /** What went otherwise than the page says. */
  follow(page: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Desk {
  readonly dir: string;
  readonly out: string;
  readonly home: string;
}

/** A reader of these pages, with what their examples need. */
export async function makeReader(own: readonly string[]): Promise<Reader> {
  const work = mkdtempSync("/tmp/hop3-commands-");
  const world = await makeWorld(join(repository, "examples/static"));
  const home = await makeTestHome("commands");
  const examples = own.flatMap((page) => preparations[page]?.example ?? []);
  const registry = await openRegistry(home, examples);
  writeFileSync(join(home, "server.toml"), settingsOf(world, registry.settings));
  const env = { NODE_EXTRA_CA_CERTS: join(world.dir, "ca.pem") };
  const server = await startTestServer({ home, env, startedBy: world.near });
  world.serve(server.apiPort);

  /** What a page is read beside: its directory with the examples, a home directory, a place for what is printed. */
  const makeDesk = async (page: string, { example }: Preparation): Promise<Desk> => {
    const dir = join(work, page.replaceAll(/[/.]/g, "-"));
    const desk = { dir, out: `${dir}-out`, home: `${dir}-home` };
    for (const path of [desk.out, desk.home]) mkdirSync(path);
    cpSync(join(repository, "examples"), join(dir, "examples"), { recursive: true });
    if (example !== undefined) {
      const fitted = await registry.copy(example);
      cpSync(fitted, join(dir, "examples", example), { recursive: true });
    }
    return desk;
  };

  return {
    async follow(page) {
      const preparation = preparations[page] ?? {};
      const isApart = preparation.isApart === true;
      const hop3Home = isApart ? await makeHomeApart() : await tidy(server);
      const desk = await makeDesk(page, preparation);
      const found = await followAt({ page, preparation, desk, world, hop3Home });
      if (isApart) await destroyHome(hop3Home);
      return found;
    },
    async close() {
      await server.stop();
      await destroyHome(home);
      await registry.close();
      await world.close();
      rmSync(work, { recursive: true });
    },
  };
}

function settingsOf({ names }: World, registries: string): string {
  return `[server]
url = "https://hop3.example.org"

[hooks]
internal-hosts = ${JSON.stringify(names)}

${registries}`;
}

/** The shared server without the apps of the page before. */
async function tidy(server: TestServer): Promise<string> {
  const { apps } = await server.json<{ apps: readonly { name: string }[] }>("GET", "/apps");
  for (const { name } of apps) await server.api("DELETE", `/apps/${name}`);
  return server.home;
}

/** For a server that finds in the store what it builds with. */
async function makeHomeApart(): Promise<string> {
  const home = await makeTestHome("commands-apart");
  for (const name of toolsApart) await buildAttribute(home, name);
  return home;
}

interface Following {
  readonly page: string;
  readonly preparation: Preparation;
  readonly desk: Desk;
  readonly world: World;
  readonly hop3Home: string;
}

async function followAt(following: Following): Promise<readonly string[]> {
  const { page, preparation, desk, world } = following;
  const steps = readSteps(readPage(page)).filter(
    (step): step is PageStep => step.kind === "file" || isRun(page, step),
  );
  const seen = preparation.isApart === true ? world.apart : world.near;
  const whole = await run({
    argv: [...seen, "bash", "-c", toScript(steps, preparation, desk.out)],
    cwd: desk.dir,
    env: environment(following),
    timeoutMs: 280_000,
  });
  const wrong = steps.flatMap((step, index) =>
    step.kind === "file" ? [] : judge(step, join(desk.out, String(index))),
  );
  return [...wrong, ...(whole.stderr === "" ? [] : [whole.stderr])];
}

function environment({ desk, world, hop3Home }: Following): Record<string, string> {
  return {
    ...ownEnvironment(),
    HOME: desk.home,
    HOP3_HOME: hop3Home,
    NODE_EXTRA_CA_CERTS: join(world.dir, "ca.pem"),
    NO_COLOR: "1",
    PATH: `${join(repository, "bin")}:${process.env["PATH"]}`,
    REPOSITORY: repository,
    WORLD: world.dir,
    GIT_AUTHOR_NAME: "Jane",
    GIT_AUTHOR_EMAIL: "jane@example.org",
    GIT_COMMITTER_NAME: "Jane",
    GIT_COMMITTER_EMAIL: "jane@example.org",
  };
}
