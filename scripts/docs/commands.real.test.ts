import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../packages/server/src/proc/run.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "../../packages/server/test/support/test-server.ts";
import { ownEnvironment } from "../demo/hop3.ts";
import { commandsNotRun } from "./not-run.ts";
import {
  type PageCommand,
  type PageStep,
  readSteps,
  showsOutput,
  unmarkedCommands,
} from "./page-script.ts";
import { interludes, preparations } from "./preparations.ts";

const repository = join(import.meta.dirname, "../..");
const docs = join(repository, "docs");

/** The examples of the reference of commands are parsed by a test of the CLI; decisions tell, they do not teach. */
const untaught = /^(adr\/|reference\/|STATUS\.md|benchmarks\.md)/;
const pages = readdirSync(docs, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && !untaught.test(path))
  .sort();
const sourceOf = (page: string): string => readFileSync(join(docs, page), "utf8");

let server: TestServer;
let work: string;

beforeAll(async () => {
  work = mkdtempSync("/tmp/hop3-commands-");
  server = await startTestServer({ home: await makeTestHome("commands") });
});

afterAll(async () => {
  await server.stop();
  await destroyHome(server.home);
  rmSync(work, { recursive: true });
});

function isRun(page: string, { text }: PageCommand): boolean {
  return !commandsNotRun.some((each) => each.page === page && text.startsWith(each.command));
}

/** One shell for the whole page, so that `cd` and `export` hold; each command leaves what it printed and how it ended. */
function toScript(page: string, steps: readonly PageStep[], out: string): string {
  const lines = steps.map((step, index) => {
    if (step.kind === "file")
      return `cat > '${step.path}' <<'END OF THE FILE'\n${step.text}END OF THE FILE`;
    if (!isRun(page, step)) return "";
    const before = Object.entries(interludes[page] ?? {}).find(([start]) =>
      step.text.startsWith(start),
    );
    return `${before?.[1] ?? ""}\n{ ${step.text}\n} > '${out}/${index}' 2>&1 < /dev/null; echo $? > '${out}/${index}.code'`;
  });
  return `${preparations[page] ?? ""}\n${lines.join("\n")}\n`;
}

/** What is wrong with how a command went. One whose output is shown may fail, but with no error that is not shown. */
function judge({ text, output }: PageCommand, file: string): readonly string[] {
  if (!existsSync(file)) return [`$ ${text}\nnot reached`];
  const printed = readFileSync(file, "utf8");
  const code = readFileSync(`${file}.code`, "utf8").trim();
  const isShown = output === undefined || showsOutput(output, printed);
  const failure = /^error [A-Z_]+ /m.exec(printed)?.[0];
  const mayFail = output !== undefined && (failure === undefined || output.includes(failure));
  return isShown && (code === "0" || mayFail) ? [] : [`$ ${text}\n${printed}(${code})`];
}

function environment(home: string): Record<string, string> {
  return {
    ...ownEnvironment(),
    HOME: home,
    HOP3_HOME: server.home,
    NO_COLOR: "1",
    PATH: `${join(repository, "bin")}:${process.env["PATH"]}`,
    GIT_AUTHOR_NAME: "Jane",
    GIT_AUTHOR_EMAIL: "jane@example.org",
    GIT_COMMITTER_NAME: "Jane",
    GIT_COMMITTER_EMAIL: "jane@example.org",
  };
}

describe("commands of the documentation", () => {
  it.each(pages)("stand in blocks that are tried: %s", (page) => {
    expect(unmarkedCommands(sourceOf(page))).toEqual([]);
  });

  it.each(pages.filter((page) => readSteps(sourceOf(page)).some(({ kind }) => kind === "command")))(
    "do what %s says",
    async (page) => {
      const dir = join(work, page.replaceAll(/[/.]/g, "-"));
      const out = `${dir}-out`;
      mkdirSync(out);
      cpSync(join(repository, "examples"), join(dir, "examples"), { recursive: true });
      const { apps } = await server.json<{ apps: readonly { name: string }[] }>("GET", "/apps");
      for (const { name } of apps) await server.api("DELETE", `/apps/${name}`);
      const steps = readSteps(sourceOf(page));
      const script = toScript(page, steps, out);
      const whole = await run({
        argv: ["bash", "-c", script],
        cwd: dir,
        env: environment(`${dir}-home`),
        timeoutMs: 280_000,
      });
      const wrong = steps.flatMap((step, index) => {
        if (step.kind === "file" || !isRun(page, step)) return [];
        return judge(step, join(out, String(index)));
      });
      expect(wrong.join("\n\n")).toBe("");
      expect(whole.stderr).toBe("");
    },
  );

  it("are left out where they cannot run here, and for no other reason", () => {
    const commands = pages.flatMap((page) =>
      readSteps(sourceOf(page)).flatMap((step) =>
        step.kind === "command" ? [{ page, step }] : [],
      ),
    );
    const stale = commandsNotRun.filter(
      ({ page, command }) =>
        !commands.some((each) => each.page === page && each.step.text.startsWith(command)),
    );
    expect(stale).toEqual([]);
    const left = commands.filter(({ page, step }) => !isRun(page, step));
    expect(left).toHaveLength(33);
  });
});
