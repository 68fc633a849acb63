// npm run demo [-- --once] [--home DIR] [--listen HOST:PORT] [--router HOST:PORT]
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkBroken, deployExample, type Outcome } from "./demo/check-example.ts";
import { readBrokenExamples, readExamples } from "./demo/examples.ts";
import { type Hop3, makeHop3 } from "./demo/hop3.ts";
import { type Address, formatAddress, freeAddress, parseAddress } from "./demo/ports.ts";
import { apiAnswers, type Server, startServer } from "./demo/server.ts";
import { stopSignal } from "./demo/stop-signal.ts";
import { formatTable } from "./demo/table.ts";

const usage = `Usage: npm run demo -- [options]

  --once               stop everything at the end; exit 0 only if every example did as it should
  --home DIR           where the demo keeps its state, also for the next time
  --listen HOST:PORT   address of the API (127.0.0.1:7070)
  --router HOST:PORT   address of the apps (127.0.0.1:8080)
`;

interface Options {
  readonly once: boolean;
  readonly home: string;
  readonly listen: Address;
  readonly router: Address;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function parseOptions(args: string[]): Options | undefined {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { once: { type: "boolean" }, home: text, listen: text, router: text },
    });
    const listen = parseAddress(values.listen ?? "127.0.0.1:7070");
    const router = parseAddress(values.router ?? "127.0.0.1:8080");
    if (listen === undefined || router === undefined) return undefined;
    return {
      once: values.once === true,
      home: resolve(values.home ?? defaultHome()),
      listen,
      router,
    };
  } catch {
    return undefined;
  }
}

/** Kept between demos, so that the second one builds nothing. Not root's own directory, which no App may enter. */
function defaultHome(): string {
  if (process.getuid?.() === 0) return "/var/cache/hop3-demo";
  return join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local/state"), "hop3-demo");
}

async function chooseAddress(wanted: Address, what: string): Promise<Address> {
  const found = await freeAddress(wanted);
  if (found.port !== wanted.port) {
    say(`port ${wanted.port} is taken: the ${what} gets ${formatAddress(found)} instead`);
  }
  return found;
}

async function start(options: Options, hop3: Hop3): Promise<Server | undefined> {
  if (await apiAnswers(options.home)) say("an earlier demo still runs: stopping it");
  // Also where only its apps and router are left: they hold the ports and answer with old routes.
  await hop3.run(["server", "stop", "--all"]);
  const listen = await chooseAddress(options.listen, "API");
  const router = await chooseAddress(options.router, "router");
  say(`starting: hop3 server start --home ${options.home}`);
  return startServer({ hop3, listen, router, say, signal: stopSignal });
}

/** Deploys and checks everything in turn; stops early on Ctrl-C. */
async function runExamples(hop3: Hop3, router: Address): Promise<Outcome[]> {
  const context = { hop3, router, say, signal: stopSignal };
  const outcomes: Outcome[] = [];
  for (const example of await readExamples()) {
    if (stopSignal.aborted) return outcomes;
    outcomes.push(await deployExample(example, context));
  }
  say("\nThese have to be refused:");
  for (const example of await readBrokenExamples()) {
    if (stopSignal.aborted) return outcomes;
    outcomes.push(await checkBroken(example, context));
  }
  return outcomes;
}

function report(outcomes: readonly Outcome[]): boolean {
  const running = outcomes.filter((outcome) => outcome.url !== undefined);
  const rows = running.map(({ name, release, tier, url, problems }) => [
    name,
    String(release ?? ""),
    tier ?? "",
    problems.length === 0 ? "ok" : "FAILED",
    url ?? "",
  ]);
  say(`\n${formatTable(["app", "release", "tier", "check", "address"], rows)}`);
  const failed = outcomes.filter((outcome) => outcome.problems.length > 0);
  for (const { name, problems } of failed) say(`FAILED ${name}: ${problems.join("; ")}`);
  say(`${outcomes.length - failed.length} of ${outcomes.length} examples did as they should`);
  return failed.length === 0;
}

async function waitForTheEnd(server: Server, hop3: Hop3): Promise<void> {
  say(`\nRunning until Ctrl-C. In another terminal: export HOP3_HOME=${hop3.home}; bin/hop3 apps`);
  const stopped = new Promise<void>((done) => {
    stopSignal.addEventListener("abort", () => done(), { once: true });
  });
  await Promise.race([stopped, server.ended]);
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const hop3 = makeHop3(options.home);
  const server = await start(options, hop3);
  if (server === undefined) {
    say("the server did not start: its own words stand above");
    return 1;
  }
  const isGood = report(await runExamples(hop3, server.router));
  if (!options.once && !stopSignal.aborted) await waitForTheEnd(server, hop3);
  say("stopping the server, the apps and the router");
  const leftovers = await server.stop();
  if (leftovers !== "") say(leftovers);
  if (stopSignal.aborted && options.once) return 130;
  return isGood && leftovers === "" ? 0 : 1;
}

process.exitCode = await main();
