import { hostname } from "node:os";
import type { TokenCreated } from "@hop3/core";
import { Hop3Error } from "@hop3/core/base";
import { askNewPassword, askPassword } from "../ask-password.ts";
import { line } from "../blocks.ts";
import { at, type Client, makeClient } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { type Connection, readContexts, requireContext, writeContexts } from "../contexts.ts";
import { badServerAddress, usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { ask } from "../prompt.ts";

const tokenDays = 90;

/** Signs in to a server, or makes the account that a one-time link is for, and remembers the server. */
export async function login(input: Input, context: Context): Promise<Answer> {
  const url = await chooseUrl(input, context);
  warnOfClearText(url, context);
  const token = input.flag("token")
    ? await checkToken(url, context)
    : await withClient(context, { HOP3_SERVER: url.origin }, (client) =>
        signIn({ client, input, secret: url.hash.slice(1) }, context),
      );
  const name = input.text("name") ?? url.host;
  const { user } = token;
  const { contexts } = await readContexts(context.env);
  const connection = {
    url: url.origin,
    token: token.token,
    ...(user === undefined ? {} : { user }),
  };
  await writeContexts(context.env, {
    current: name,
    contexts: { ...contexts, [name]: connection },
  });
  const who = user ?? "the owner of a token";
  return {
    json: {
      context: name,
      url: url.origin,
      user: user ?? null,
      expiresAt: token.expiresAt ?? null,
    },
    blocks: [
      line(`Signed in to ${url.origin} as ${who}. Commands go there now (context ${name}).`),
    ],
  };
}

/** A client of another server than the one that is in use. */
async function withClient<T>(
  { home }: Context,
  env: NodeJS.ProcessEnv,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = makeClient(home, env);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

type Entered = Pick<TokenCreated, "token" | "user" | "expiresAt">;

async function chooseUrl(input: Input, context: Context): Promise<URL> {
  const given = input.args[0] ?? (await currentUrl(context));
  const text = /^https?:\/\//i.test(given) ? given : `https://${given}`;
  const url = URL.parse(text);
  if (url === null || url.username !== "") throw badServerAddress({ value: given });
  return url;
}

async function currentUrl({ env }: Context): Promise<string> {
  const { current, contexts } = await readContexts(env);
  const connection = current === undefined ? undefined : requireContext(contexts, current);
  if (connection !== undefined) return connection.url;
  throw usageError({
    message: "no server is named to sign in to",
    hint: "Give its address: hop3 login https://hop3.example.org",
  });
}

function warnOfClearText({ protocol, hostname: host }: URL, context: Context): void {
  const isNear = host === "localhost" || host === "[::1]" || host.startsWith("127.");
  if (protocol === "https:" || isNear) return;
  const text = `The connection to ${host} is not encrypted: others on the way can read the password.`;
  context.output.notice(line({ text, tone: "warn" }));
}

/** A token that was made elsewhere, from standard input or the terminal. */
async function checkToken(url: URL, context: Context): Promise<Entered> {
  const token = await askPassword(context, "Token: ");
  const env = { HOP3_SERVER: url.origin, HOP3_TOKEN: token };
  const request = { path: at`/identity`, signal: context.signal };
  const { user } = await withClient(context, env, (client) => client.json(request, "Identity"));
  return { token, user };
}

interface Door {
  readonly client: Client;
  readonly input: Input;
  /** Of a one-time link, where the address is one. */
  readonly secret: string;
}

async function signIn(door: Door, context: Context): Promise<Entered> {
  const { client, input, secret } = door;
  if (secret !== "") {
    const { name, password } = await acceptInvite(door, context);
    return await requestToken({ client, name, password }, context);
  }
  const name = input.text("user") ?? (await askName(context));
  const password = await askPassword(context, `Password of ${name}: `);
  return await requestToken({ client, name, password }, context);
}

async function askName(context: Context): Promise<string> {
  if (context.stdin.isTTY === true) {
    return (await ask(context, "Name: ", { hidden: false })).trim();
  }
  throw usageError({
    message: "there is no terminal to ask for the name on",
    hint: "Name the user, and give the password on standard input: hop3 login URL --user NAME < FILE",
  });
}

async function acceptInvite({ client, input, secret }: Door, context: Context) {
  const { signal } = context;
  const looked = { method: "POST", path: at`/sign-in/invite`, body: { secret }, signal } as const;
  const invite = await client.json(looked, "InviteInfo");
  const name = invite.name ?? input.text("user") ?? (await askName(context));
  const password = await askNewPassword(context, name);
  const body = { secret, name, password };
  await client.none({ method: "POST", path: at`/sign-in/accept`, body, signal });
  return { name, password };
}

interface Credentials {
  readonly client: Client;
  readonly name: string;
  readonly password: string;
}

async function requestToken({ client, ...who }: Credentials, context: Context): Promise<Entered> {
  const token = {
    name: `hop3 login on ${hostname()}`.replaceAll(/[^\w .@:/-]/g, "-").slice(0, 100),
    days: tokenDays,
  };
  const send = (more: object) => {
    const body = { ...who, ...more, token };
    const request = { method: "POST", path: at`/sign-in/token`, body } as const;
    return client.json({ ...request, signal: context.signal }, "TokenCreated");
  };
  try {
    return await send({});
  } catch (error) {
    const isWanted = error instanceof Hop3Error && error.code === "SECOND_FACTOR_NEEDED";
    if (!isWanted || context.stdin.isTTY !== true) throw error;
    return await send({ code: await ask(context, "Code: ", { hidden: false }) });
  }
}

/** Revokes the token of a context and forgets the context. */
export async function logout(input: Input, context: Context): Promise<Answer> {
  const { current, contexts } = await readContexts(context.env);
  const name = input.args[0] ?? context.env["HOP3_CONTEXT"] ?? current;
  if (name === undefined) {
    const hint = "Those there are: hop3 context list";
    throw usageError({ message: "you are signed in to no server", hint });
  }
  const connection = requireContext(contexts, name);
  const revoked = await revoke(connection, context);
  const { [name]: _gone, ...rest } = contexts;
  await writeContexts(context.env, { contexts: rest, ...(current === name ? {} : { current }) });
  const said = revoked
    ? "Its token works no more."
    : "Its token could not be revoked; if it still works: hop3 tokens revoke";
  return { json: { context: name, revoked }, blocks: [line(`Forgot ${name}. ${said}`)] };
}

/** False where the server does not answer or knows the token no more: the context goes all the same. */
async function revoke({ url, token }: Connection, context: Context): Promise<boolean> {
  if (token === undefined) return false;
  const env = { HOP3_SERVER: url, HOP3_TOKEN: token };
  const request = { method: "POST", path: at`/sign-out`, signal: context.signal } as const;
  try {
    await withClient(context, env, (client) => client.none(request));
    return true;
  } catch (error) {
    if (context.signal.aborted) throw error;
    return false;
  }
}
