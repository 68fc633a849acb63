import { type Argv, hostEnvironment, run } from "../../packages/server/src/proc/run.ts";
import { type BenchApp, makeSmallApp } from "./bench-apps.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, makeFigure, sample, summarize, timeOf } from "./measure.ts";

const runs = 10;

/** A one-line change to live: by `git push`, against `hop3 deploy` of the same, in turns. */
export async function measurePush({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await makeSmallApp(directory, "bench-push");
  await git(app, "init", "--quiet", "--initial-branch", "main");
  const { listen, token } = await platform.access();
  await git(app, "remote", "add", "hop3", `http://${listen}/git/${app.name}.git`);
  const basic = Buffer.from(`bench:${token}`).toString("base64");
  const credential = `http.extraHeader=Authorization: Basic ${basic}`;
  await commit(app, "first");
  await git(app, "-c", credential, "push", "--quiet", "hop3", "main");
  const pairs = await sample(runs, async (index) => {
    const deployed = `deploy-${process.pid}-${index}`;
    await app.change(deployed);
    const deploying = platform.deploy(app);
    const floor = await timeOf(() => platform.waitFor(app.name, deployed));
    await deploying;
    const pushed = `push-${process.pid}-${index}`;
    await commit(app, pushed);
    const pushing = git(app, "-c", credential, "push", "--quiet", "hop3", "main");
    const value = await timeOf(() => platform.waitFor(app.name, pushed));
    await pushing;
    return { floor, value };
  });
  await platform.destroy(app.name);
  return [
    makeFigure({ figure: "one-line change to live by git push", unit: "ms" }, summarize(pairs), {
      atMost: 1.3,
    }),
  ];
}

async function commit(app: BenchApp, marker: string): Promise<void> {
  await app.change(marker);
  await git(app, "add", "--all");
  await git(app, "-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "-qm", marker);
}

async function git({ directory }: BenchApp, ...args: readonly string[]): Promise<void> {
  const argv: Argv = ["git", ...args];
  const result = await run({ argv, cwd: directory, env: hostEnvironment() });
  if (result.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
}
