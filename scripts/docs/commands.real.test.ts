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
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../packages/server/src/proc/run.ts";
import {
  type ExampleRegistry,
  openRegistry,
} from "../../packages/server/test/support/conformance-examples.ts";
import { buildAttribute } from "../../packages/server/test/support/package-set.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "../../packages/server/test/support/test-server.ts";
import { ownEnvironment } from "../demo/hop3.ts";
import { commandsNotRun } from "./not-run.ts";
import { type PageCommand, type PageStep, readSteps, unmarkedCommands } from "./page-script.ts";
import { type Preparation, preparations } from "./preparations.ts";
import { judge, toScript } from "./shell.ts";
import { makeWorld, type World } from "./world.ts";

const repository = join(import.meta.dirname, "../..");
const docs = join(repository, "docs");

/** The examples of the reference of commands are parsed by a test of the CLI; decisions tell, they do not teach. */
const untaught = /^(adr\/|reference\/|STATUS\.md)/;
const pages = [
  "../README.md",
  "../CONTRIBUTING.md",
  ...readdirSync(docs, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !untaught.test(path))
    .sort(),
];
const sourceOf = (page: string): string => readFileSync(join(docs, page), "utf8");
const examples = Object.values(preparations).flatMap(({ example }) => example ?? []);

/** What is built with where nothing can be fetched. */
const toolsApart = ["perl", "busybox", "bash", "cacert", "bubblewrap"];

let server: TestServer;
let registry: ExampleRegistry;
let world: World;
let work: string;
let home: string;

beforeAll(async () => {
  work = mkdtempSync("/tmp/hop3-commands-");
  world = await makeWorld(join(repository, "examples/static"));
  home = await makeTestHome("commands");
  registry = await openRegistry(home, examples);
  const settings = `[server]\nurl = "https://hop3.example.org"\n
[hooks]\ninternal-hosts = ${JSON.stringify(world.names)}\n
${registry.settings}`;
  writeFileSync(join(home, "server.toml"), settings);
  const env = { NODE_EXTRA_CA_CERTS: join(world.dir, "ca.pem") };
  server = await startTestServer({ home, env, startedBy: world.near });
  world.serve(server.apiPort);
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
  await registry?.close();
  await world?.close();
  rmSync(work, { recursive: true });
});

function isRun(page: string, { text }: PageCommand): boolean {
  return !commandsNotRun.some((each) => each.page === page && text.startsWith(each.command));
}

function environment(userHome: string, hop3Home: string): Record<string, string> {
  return {
    ...ownEnvironment(),
    HOME: userHome,
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

/** What a page is read beside: its directory with the examples, a home directory, a place for what is printed. */
async function makeDesk(page: string, { example }: Preparation) {
  const dir = join(work, page.replaceAll(/[/.]/g, "-"));
  const desk = { dir, out: `${dir}-out`, home: `${dir}-home` };
  for (const path of [desk.out, desk.home]) mkdirSync(path);
  cpSync(join(repository, "examples"), join(dir, "examples"), { recursive: true });
  if (example !== undefined) {
    const fitted = await registry.copy(example);
    cpSync(fitted, join(dir, "examples", example), { recursive: true });
  }
  return desk;
}

/** The home of the server that the page is about. One that is not the shared server's finds in the store what it builds with. */
async function chooseHome({ isApart }: Preparation): Promise<string> {
  if (isApart !== true) {
    const { apps } = await server.json<{ apps: readonly { name: string }[] }>("GET", "/apps");
    for (const { name } of apps) await server.api("DELETE", `/apps/${name}`);
    return server.home;
  }
  const own = await makeTestHome("commands-apart");
  for (const name of toolsApart) await buildAttribute(own, name);
  return own;
}

async function follow(page: string): Promise<readonly string[]> {
  const preparation = preparations[page] ?? {};
  const steps = readSteps(sourceOf(page)).filter(
    (step): step is PageStep => step.kind === "file" || isRun(page, step),
  );
  const hop3Home = await chooseHome(preparation);
  const desk = await makeDesk(page, preparation);
  const seen = preparation.isApart === true ? world.apart : world.near;
  const whole = await run({
    argv: [...seen, "bash", "-c", toScript(steps, preparation, desk.out)],
    cwd: desk.dir,
    env: environment(desk.home, hop3Home),
    timeoutMs: 280_000,
  });
  if (preparation.isApart === true) await destroyHome(hop3Home);
  const wrong = steps.flatMap((step, index) =>
    step.kind === "file" ? [] : judge(step, join(desk.out, String(index))),
  );
  return [...wrong, ...(whole.stderr === "" ? [] : [whole.stderr])];
}

describe("commands of the documentation", () => {
  it.each(pages)("stand in blocks that are tried: %s", (page) => {
    expect(unmarkedCommands(sourceOf(page))).toEqual([]);
  });

  it.each(pages.filter((page) => readSteps(sourceOf(page)).some(({ kind }) => kind === "command")))(
    "do what %s says",
    async (page) => {
      expect((await follow(page)).join("\n\n")).toBe("");
    },
  );

  it("are left out for no other reason than those that are named", () => {
    const left = pages.flatMap((page) =>
      readSteps(sourceOf(page)).flatMap((step) =>
        step.kind === "command" && !isRun(page, step) ? [{ page, text: step.text }] : [],
      ),
    );
    const stale = commandsNotRun.filter(
      ({ page, command }) =>
        !left.some((each) => each.page === page && each.text.startsWith(command)),
    );
    expect(stale).toEqual([]);
  });
});
