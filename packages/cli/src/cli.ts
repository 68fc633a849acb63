import { ExitCode, Hop3Error } from "@hop3/core/base";
import type { Answer, CommandSpec } from "./command.ts";
import { defaultHome } from "./connection.ts";
import type { Context, InputStream } from "./context.ts";
import { describeError, interrupted } from "./errors.ts";
import { type Input, makeInput } from "./input.ts";
import { makeOutput, type OutputStream } from "./output.ts";
import { parsePlainLine } from "./plain-line.ts";
import type { Parsed, ParseResult } from "./program.ts";
import { commandTree } from "./tree.ts";

/** Everything of the process that a call of hop3 touches. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly userId: number | undefined;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly version: string;
}

/** One call of hop3: runs the command, prints what it found, and returns the exit code. */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  const { stdout, stderr, env } = world;
  // Before the parser has run, so that its own failures come out in the form that was asked for.
  const json = asksFor(argv, "--json");
  const verbose = asksFor(argv, "--verbose");
  const output = makeOutput({ stdout, stderr, env, json, verbose });
  try {
    const parsed = parsePlainLine(commandTree, argv) ?? (await parseFully(argv, world, output));
    if ("help" in parsed) {
      output.answer({ json: { help: parsed.help }, blocks: [], raw: parsed.help });
      return ExitCode.ok;
    }
    const answer = await runCommand(parsed, world, output);
    output.answer(answer);
    return answer.exitCode ?? ExitCode.ok;
  } catch (thrown) {
    const error = world.signal.aborted ? asInterruption(thrown) : thrown;
    output.error(error);
    return describeError(error).exitCode;
  }
}

async function parseFully(
  argv: readonly string[],
  world: World,
  output: Context["output"],
): Promise<ParseResult> {
  const tree = await chooseTree(argv, world, output);
  const plain = tree === commandTree ? undefined : parsePlainLine(tree, argv);
  if (plain !== undefined) return plain;
  const { parseCommandLine } = await import("./program.ts");
  return parseCommandLine(tree, argv, world.version);
}

/** Plug-ins are asked for their commands where ours do not have the word, and where all are listed. */
async function chooseTree(
  argv: readonly string[],
  { env, userId, version }: World,
  output: Context["output"],
): Promise<CommandSpec> {
  const { word, home = defaultHome(env, userId) } = readStart(argv);
  const isOurs = (commandTree.children ?? []).some(({ name }) => name === word);
  if (isOurs || argv.includes("--version")) return commandTree;
  const { withPluginCommands } = await import("./local-plugins.ts");
  return await withPluginCommands(commandTree, { home, version, output });
}

/** The first word that is no option, and the home that is named before or after it. */
function readStart(argv: readonly string[]): { word?: string | undefined; home?: string } {
  const at = argv.indexOf("--home");
  const joined = argv.find((each) => each.startsWith("--home="))?.slice("--home=".length);
  const home = at === -1 ? joined : argv[at + 1];
  const word = argv.find((each, index) => !each.startsWith("-") && (at === -1 || index !== at + 1));
  return { word, ...(home === undefined ? {} : { home }) };
}

async function runCommand(
  { spec, load, args, options }: Parsed,
  world: World,
  output: Context["output"],
): Promise<Answer> {
  const appArgument = (spec.args ?? []).findIndex(({ kind }) => kind === "app");
  const input = makeInput({ args, options, appArgument });
  const home = input.text("home") ?? defaultHome(world.env, world.userId);
  const handler = await load();
  const { makeClient } = await import("./client.ts");
  const { env, cwd, now, signal, version } = world;
  const client = makeClient(home, chooseServer(input, env));
  const context: Context = {
    env,
    cwd,
    home,
    // Not before it is read: opening it takes time.
    get stdin() {
      return world.stdin;
    },
    output,
    client,
    now,
    version,
    tree: commandTree,
    signal,
  };
  try {
    return await handler(input, context);
  } catch (error) {
    throw explainGuess(error, spec, input);
  } finally {
    client.close();
  }
}

/** Whoever stands in another directory than that of the app is told where the name comes from. */
function explainGuess(
  error: unknown,
  { args = [], options = [] }: CommandSpec,
  input: Input,
): unknown {
  if (!(error instanceof Hop3Error) || error.code !== "APP_NOT_FOUND") return error;
  const takesApp = [...args, ...options].some(({ name }) => name === "app");
  if (!takesApp || input.app() !== undefined) return error;
  const hint =
    "The name is the one of this directory. Deploy it: hop3 deploy; or name another: --app NAME; all apps: hop3 apps";
  return new Hop3Error({ ...error.failure, hint });
}

/** What the command line says of the server goes before what the environment says. */
function chooseServer(input: Input, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const context = input.text("context");
  if (context !== undefined) return { ...env, HOP3_CONTEXT: context, HOP3_SERVER: undefined };
  // Whoever names a home means the server that has it.
  return input.text("home") === undefined ? env : { ...env, HOP3_CONTEXT: "local" };
}

function asksFor(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag);
}

/** A command that has more to say about Ctrl-C has said it; anything else broke because of it. */
function asInterruption(error: unknown): unknown {
  if (describeError(error).exitCode === ExitCode.interrupted) return error;
  return interrupted({ message: "stopped by Ctrl-C or a signal" });
}
