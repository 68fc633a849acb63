import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { contextNotFound, contextsUnusable } from "./context-errors.ts";

/** A server that the command can talk to: `http(s)://host` with a token, or `ssh://user@host`. */
export interface Connection {
  readonly url: string;
  readonly token?: string | undefined;
  /** Whose token it is. */
  readonly user?: string | undefined;
}

/** The servers that somebody uses, and which of them is meant where none is named. */
export interface Contexts {
  readonly current?: string | undefined;
  readonly contexts: Readonly<Record<string, Connection>>;
}

/** Name of the server on this machine, reached through its socket; it has no entry. */
export const localContext = "local";

/** Where they are kept; undefined where there is no home directory to keep them in. */
export function contextsFile(env: NodeJS.ProcessEnv): string | undefined {
  const { XDG_CONFIG_HOME: config, HOME: home } = env;
  if (config !== undefined && config !== "") return join(config, "hop3", "contexts.json");
  return home === undefined || home === "" ? undefined : join(home, ".config/hop3/contexts.json");
}

/** The connection that is meant: HOP3_CONTEXT, else the one in use. undefined: the server on this machine. */
export async function currentConnection(env: NodeJS.ProcessEnv): Promise<Connection | undefined> {
  const { HOP3_CONTEXT: named, HOP3_HOME: home } = env;
  const isNamed = named !== undefined && named !== "";
  if (named === localContext) return undefined;
  // Whoever names a home means the server that has it.
  if (!isNamed && home !== undefined && home !== "") return undefined;
  const { current, contexts } = await readContexts(env);
  const name = isNamed ? named : current;
  if (name === undefined || name === localContext) return undefined;
  return requireContext(contexts, name);
}

export function requireContext(contexts: Contexts["contexts"], name: string): Connection {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found === undefined) throw contextNotFound({ name, known: Object.keys(contexts) });
  return found;
}

export async function readContexts(env: NodeJS.ProcessEnv): Promise<Contexts> {
  const file = contextsFile(env);
  if (file === undefined) return { contexts: {} };
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return { contexts: {} };
  }
  // It holds tokens, and whoever has a token is its user.
  if (((await stat(file)).mode & 0o077) !== 0) {
    throw contextsUnusable({ file, because: "others may read it", fix: `chmod 600 ${file}` });
  }
  return parseContexts(text, file);
}

/** By hand: a schema takes longer to load than a server takes to answer. */
function parseContexts(text: string, file: string): Contexts {
  try {
    const { current, contexts } = JSON.parse(text);
    const isNamed = current === undefined || typeof current === "string";
    if (isNamed && Object.values(contexts).every(isConnection)) return { current, contexts };
  } catch {
    // The same as any other thing that it should not be.
  }
  const because = "it does not hold what hop3 wrote";
  throw contextsUnusable({ file, because, fix: `rm ${file}, then hop3 login URL` });
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== "object" || value === null) return false;
  const hasToken = !("token" in value) || typeof value.token === "string";
  return hasToken && "url" in value && typeof value.url === "string" && URL.canParse(value.url);
}

/** Replaces the file as a whole; nobody else can read it. */
export async function writeContexts(env: NodeJS.ProcessEnv, contexts: Contexts): Promise<void> {
  const file = contextsFile(env);
  if (file === undefined) {
    const fix = "set HOME or XDG_CONFIG_HOME";
    throw contextsUnusable({ file: "contexts.json", because: "there is no place for it", fix });
  }
  const aside = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(aside, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 });
    // One that was left behind keeps the mode it had.
    await chmod(aside, 0o600);
    await rename(aside, file);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw contextsUnusable(
      { file, because, fix: `look at it: ls -ld ${dirname(file)}` },
      { cause },
    );
  }
}
