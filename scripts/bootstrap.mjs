#!/usr/bin/env node
// Makes a fresh machine ready for this checkout, then runs a script with the pinned Node.
// Plain JavaScript without a dependency: it has to run on Node 20 with an empty node_modules.
import { constants } from "node:os";
import { join } from "node:path";
import { BootstrapError, root, runForeground } from "./bootstrap/common.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { nodeStep, pinnedNode } from "./bootstrap/node.mjs";
import { packagesStep, toolsStep } from "./bootstrap/packages.mjs";
import { systemStep } from "./bootstrap/system.mjs";

const usage = `Usage: node scripts/bootstrap.mjs [options] [--run FILE [ARGS...]]

  --run FILE ARGS  afterwards run FILE with the pinned Node
  --dry-run        say what would be done, do nothing
  --quiet          say nothing unless something is missing or fails
  --tools          the formatter, linter and dead code finder too (on its own for scripts/check.ts)
  --no-system      leave the distribution's packages alone
  --help           this text
`;

function parseArguments(argv) {
  const options = { quiet: false, dryRun: false, tools: false, system: true, run: undefined };
  for (const [index, argument] of argv.entries()) {
    if (argument === "--quiet") options.quiet = true;
    else if (argument === "--dry-run") options.dryRun = true;
    else if (argument === "--tools") options.tools = true;
    else if (argument === "--no-system") options.system = false;
    else if (argument === "--help") options.help = true;
    else if (argument === "--run" && argv[index + 1] !== undefined) {
      options.run = argv.slice(index + 1);
      if (options.run[0].endsWith("scripts/check.ts")) options.tools = true;
      return options;
    } else throw new BootstrapError(`unknown argument ${argument}\n\n${usage}`, 2);
  }
  return options;
}

/** What is missing now, in the order in which it has to be installed. */
function missingSteps(options) {
  const steps = [options.system ? systemStep() : undefined, nodeStep(), packagesStep()];
  if (options.tools) steps.push(toolsStep());
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
  if (options.dryRun) {
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
  if (options.run === undefined || options.dryRun) return;
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
