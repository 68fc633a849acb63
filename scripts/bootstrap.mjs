#!/usr/bin/env node
// Makes a fresh machine ready for this checkout, then runs a script with the pinned Node.
// Plain JavaScript without a dependency: it has to run on Node 20 with an empty node_modules.
import { constants } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BootstrapError, root, runForeground } from "./bootstrap/common.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { nodeStep, pinnedNode } from "./bootstrap/node.mjs";
import { packagesStep, toolsStep } from "./bootstrap/packages.mjs";
import { docsStep, pageStep } from "./bootstrap/page.mjs";
import { systemStep } from "./bootstrap/system.mjs";

const usage = `Usage: node scripts/bootstrap.mjs [options] [--run FILE [ARGS...]]

  --run FILE ARGS  afterwards run FILE with the pinned Node
  --dry-run        say what would be done, do nothing
  --quiet          say nothing unless something is missing or fails
  --tools          the formatter, linter and dead code finder too (on its own for scripts/check.ts)
  --tests          container engines too, which the tests of the docker builder run (root on Debian)
  --no-system      leave the distribution's packages alone
  --no-page        do not build the server's web page and documentation (on its own for scripts/check.ts)
  --help           this text
`;

function parseArguments(argv) {
  const at = argv.indexOf("--run");
  const run = at === -1 ? undefined : argv.slice(at + 1);
  if (run?.length === 0) throw new BootstrapError(`--run needs a file\n\n${usage}`, 2);
  const { values } = parseOwn(at === -1 ? argv : argv.slice(0, at));
  const isCheck = run?.[0].endsWith("scripts/check.ts") === true;
  const { tools, "no-page": noPage } = values;
  return { ...values, tools: tools || isCheck, "no-page": noPage || isCheck, run };
}

function parseOwn(args) {
  const flag = { type: "boolean", default: false };
  const names = ["quiet", "dry-run", "tools", "tests", "no-system", "no-page", "help"];
  const options = Object.fromEntries(names.map((name) => [name, flag]));
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new BootstrapError(`${error.message}\n\n${usage}`, 2);
  }
}

/** What is missing now, in the order in which it has to be installed. */
function missingSteps(options) {
  const system = options["no-system"] ? undefined : systemStep({ forTests: options.tests });
  const steps = [system, nodeStep(), packagesStep()];
  if (options.tools) steps.push(toolsStep());
  if (!options["no-page"]) steps.push(pageStep(), docsStep());
  return steps.filter((step) => step !== undefined);
}

async function install(options) {
  // Looked up again under the lock: another run may have installed it all while this one waited.
  for (const step of missingSteps(options)) {
    const started = performance.now();
    process.stderr.write(`bootstrap: ${step.what} ... `);
    await step.run();
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  }
}

async function bootstrap(options) {
  const started = performance.now();
  const missing = missingSteps(options);
  if (options["dry-run"]) {
    for (const step of missing) process.stdout.write(`would run: ${step.what}\n`);
    if (missing.length === 0) process.stdout.write("nothing to do\n");
    return;
  }
  for (const step of missing) step.assertPossible?.();
  if (missing.length > 0) await withLock(() => install(options));
  if (options.quiet) return;
  const state = missing.length === 0 ? "nothing missing" : "ready";
  const ms = Math.round(performance.now() - started);
  process.stderr.write(`bootstrap: ${state}, Node at ${pinnedNode()} (${ms} ms)\n`);
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) return process.stdout.write(usage);
  await bootstrap(options);
  if (options.run === undefined || options["dry-run"]) return;
  const [file, ...args] = options.run;
  const node = pinnedNode();
  const ended = await runForeground(node, [
    "--conditions=hop3-source",
    "--disable-warning=ExperimentalWarning",
    join(root, file),
    ...args,
  ]);
  process.exitCode = ended.signal === null ? ended.code : 128 + constants.signals[ended.signal];
}

main().catch((error) => {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`\nerror BOOTSTRAP_FAILED  ${error.message}\n`);
  process.exitCode = error.exitCode;
});
