import { line, table } from "../blocks.ts";
import type { Answer } from "../command.ts";
import { parseServer } from "../connection.ts";
import type { Context } from "../context.ts";
import {
  type Connection,
  localContext,
  readContexts,
  requireContext,
  writeContexts,
} from "../contexts.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";

export async function contextList(_input: Input, context: Context): Promise<Answer> {
  const { current = localContext, contexts } = await readContexts(context.env);
  const used = context.env["HOP3_CONTEXT"] ?? current;
  const local = { name: localContext, address: "the socket on this machine", user: undefined };
  const known = [local, ...Object.entries(contexts).map(describe)];
  const rows = known.map(({ name, address, user }) => [
    name === used ? ({ text: "*", tone: "good" } as const) : "",
    name,
    user ?? "-",
    address,
  ]);
  const json = known.map(({ name, address, user }) => ({
    name,
    address: name === localContext ? null : address,
    user: user ?? null,
    current: name === used,
  }));
  return { json: { contexts: json }, blocks: [table(["", "context", "user", "server"], rows)] };
}

function describe([name, connection]: [string, Connection]) {
  return { name, address: connection.url, user: connection.user };
}

export async function contextUse(input: Input, context: Context): Promise<Answer> {
  const name = input.args[0] ?? "";
  const { contexts } = await readContexts(context.env);
  if (name !== localContext) requireContext(contexts, name);
  await writeContexts(context.env, { contexts, current: name });
  return { json: { current: name }, blocks: [line(`Commands go to ${name} now.`)] };
}

/** Forgets a server; its token stays valid, unlike with `hop3 logout`. */
export async function contextRemove(input: Input, context: Context): Promise<Answer> {
  const name = input.args[0] ?? "";
  const { current, contexts } = await readContexts(context.env);
  requireContext(contexts, name);
  const { [name]: _gone, ...rest } = contexts;
  await writeContexts(context.env, { contexts: rest, ...(current === name ? {} : { current }) });
  return { json: { removed: name }, blocks: [line(`Forgot ${name}.`)] };
}

/** Remembers a server that is reached through SSH, whose user is then as good as its owner. */
export async function contextAdd(input: Input, context: Context): Promise<Answer> {
  const [name = "", address = ""] = input.args;
  if (name === localContext || !/^[\w.:-]{1,100}$/.test(name)) {
    const hint = "Use letters, digits and . : _ -, for example production";
    throw usageError({ message: `'${name}' cannot be the name of a context`, hint });
  }
  if (parseServer(address, undefined).kind !== "ssh") {
    const message = `'${address}' is not an address of SSH`;
    throw usageError({ message, hint: `Sign in to it instead: hop3 login ${address}` });
  }
  const { contexts } = await readContexts(context.env);
  const known = { ...contexts, [name]: { url: address } };
  await writeContexts(context.env, { current: name, contexts: known });
  return { json: { current: name, address }, blocks: [line(`Commands go to ${address} now.`)] };
}
