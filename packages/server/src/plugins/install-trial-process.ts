import { resultMark } from "./install-trial.ts";
import { describeResult } from "./list.ts";
import { type LoadFrom, loadAsServer } from "./load.ts";

/** What install-trial.ts starts: says on standard output what a server would have loaded. */
async function main(from: LoadFrom): Promise<void> {
  const plugins = describeResult(await loadAsServer(from));
  process.stdout.write(`\n${resultMark}${JSON.stringify(plugins)}\n`);
}

await main(JSON.parse(process.argv[2] ?? ""));
