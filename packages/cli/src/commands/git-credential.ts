import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { readContexts } from "../contexts.ts";
import type { Input } from "../input.ts";

const nothing: Answer = { json: {}, blocks: [] };

/** What git asks a credential helper: `get` on its command line, the address on its standard input. */
export async function gitCredential(input: Input, context: Context): Promise<Answer> {
  // `store` and `erase` tell us what we know.
  if (input.args[0] !== "get") return nothing;
  let text = "";
  for await (const chunk of context.stdin) text += String(chunk);
  const asked = new Map(
    text.split("\n").map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)] as const;
    }),
  );
  const origin = `${asked.get("protocol")}://${asked.get("host")}`;
  const token = await findToken(context, origin);
  if (token === undefined) return nothing;
  return { ...nothing, raw: `username=hop3\npassword=${token}\n` };
}

/** The token for exactly this origin: no other server ever gets it. */
async function findToken({ env, home }: Context, origin: string): Promise<string | undefined> {
  const { HOP3_SERVER: server, HOP3_TOKEN: token } = env;
  if (server !== undefined && originOf(server) === origin) return token;
  const { contexts } = await readContexts(env);
  const known = Object.values(contexts).find(({ url }) => originOf(url) === origin);
  if (known !== undefined) return known.token;
  return await tokenOfMachine(home, origin);
}

/** That of the server on this machine; only its user may read the file. */
async function tokenOfMachine(home: string, origin: string): Promise<string | undefined> {
  const file = await readFile(join(home, "server.json"), "utf8").catch(() => "{}");
  const { listen, origin: own }: { listen?: unknown; origin?: unknown } = JSON.parse(file);
  const origins = [`http://${listen}`, `https://${listen}`, own];
  if (typeof listen !== "string" || !origins.includes(origin)) return undefined;
  const token = await readFile(join(home, "token"), "utf8").catch(() => undefined);
  return token?.trim();
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}
