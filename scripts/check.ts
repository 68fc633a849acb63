// npm run check [-- [--write] NAME...]: formatter, linters, types, dead code, commit messages. Says all that is wrong;
// with --write corrects first what can be corrected by itself.
import { join } from "node:path";
import { type Argv, hostEnvironment, run } from "../packages/server/src/proc/run.ts";
import { lintCommits, lintProject } from "./lint/project-lint.ts";

const root = join(import.meta.dirname, "..");
const tools = join(root, "tools/node_modules/.bin");

/** Resolves to what is wrong, empty where nothing is. */
type Check = () => Promise<string>;

const checks: Readonly<Record<string, Check>> = {
  format: () => runTool([join(tools, "biome"), "format"]),
  lint: () =>
    runTool([
      join(tools, "biome"),
      "check",
      "--formatter-enabled=false",
      "--error-on-warnings",
      "--max-diagnostics=100",
    ]),
  project: checkProject,
  types: () => runTool([join(root, "node_modules/.bin/tsc"), "-b"]),
  "dead-code": () => runTool([join(tools, "knip"), "--config", "tools/knip.json", "--no-progress"]),
  commits: async () => (await lintCommits(root)).join("\n"),
};

async function runTool(argv: Argv): Promise<string> {
  const result = await run({ argv, cwd: root, env: { ...hostEnvironment(), NO_COLOR: "1" } });
  if (result.missing) return `${argv[0]} is not there: node scripts/bootstrap.mjs --tools`;
  if (result.exitCode === 0) return "";
  return `${result.stdout}${result.stderr}`.trim() || `ended with ${result.exitCode}`;
}

async function checkProject(): Promise<string> {
  const findings = await lintProject(root);
  return findings
    .map(({ file, line, rule, message }) => `${file}:${line}: ${message} (${rule})`)
    .join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((argument) => argument !== "--write");
  if (names.length < args.length) await runTool([join(tools, "biome"), "check", "--write"]);
  const unknown = names.filter((name) => checks[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(
      `no check ${unknown.join(", ")}; known: ${Object.keys(checks).join(" ")}\n`,
    );
    return 2;
  }
  let failures = 0;
  for (const [name, check] of Object.entries(checks)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const started = performance.now();
    const wrong = await check();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (wrong !== "") {
      failures += 1;
      process.stdout.write(`${wrong}\n`);
    }
    process.stdout.write(`${wrong === "" ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
  }
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
