import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { PluginInfo } from "@hop3/core";
import { type Block, line, type Span, table } from "../blocks.ts";
import { type ApiRequest, at } from "../client.ts";
import type { Answer } from "../command.ts";
import { resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { followWork } from "../follow-work.ts";
import type { Input } from "../input.ts";

/** What is loaded, what waits for the next start, and what is broken. */
export async function pluginsList(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/plugins`, signal: context.signal };
  const found = await context.client.json(request, "PluginList");
  return { json: found, blocks: listBlocks(found.plugins) };
}

function listBlocks(plugins: readonly PluginInfo[]): Block[] {
  if (plugins.length === 0) return [line("No plug-ins. Add one: hop3 plugins add PACKAGE")];
  const rows = plugins.map((each) => [
    each.name,
    each.version ?? "-",
    each.origin === "home" ? "installed" : "server.toml",
    { text: each.state, tone: tones[each.state] } as const,
    describeAdds(each) ?? "-",
  ]);
  const broken = plugins.filter(({ reason }) => reason !== undefined);
  const waits = plugins.some(({ state }) => state === "added" || state === "removed");
  return [
    table(["plug-in", "version", "from", "state", "adds"], rows),
    ...broken.map(({ reason = "" }) => line({ text: "broken", tone: "bad" }, `  ${reason}`)),
    ...(waits ? [restartLine] : []),
  ];
}

const tones = { ok: "good", broken: "bad", added: "warn", removed: "dim" } as const;

const restartLine = line(
  { text: "note", tone: "warn" },
  "  what was added or removed counts when the server is started again: hop3 server stop && hop3 server start",
);

/** `toolchains: perl; templates: perl-app, perl-cgi` */
function describeAdds({ adds }: PluginInfo): string | undefined {
  const kinds = Object.entries(adds).map(([kind, names]) => `${kind}: ${names.join(", ")}`);
  return kinds.length === 0 ? undefined : kinds.join("; ");
}

export async function pluginsAdd(input: Input, context: Context): Promise<Answer> {
  const [spec = ""] = input.args;
  const request = await addRequest(spec, context);
  const show = (text: string): void => context.output.notice(line({ text, tone: "dim" }));
  const lines = context.client.lines(request, "PluginLine");
  const { plugin } = await followWork(lines, "POST /plugins", show);
  const added: Span = { text: "Installed", tone: "good" };
  const adds = describeAdds(plugin);
  return {
    json: plugin,
    blocks: [
      line(added, ` ${plugin.name} ${plugin.version ?? ""}`),
      ...(adds === undefined ? [] : [line(`It adds ${adds}`)]),
      ...hiddenCommands(plugin, context),
      restartLine,
    ],
  };
}

/** Commands that nobody can call: the words are ours. */
function hiddenCommands({ adds }: PluginInfo, { tree }: Context): Block[] {
  const own = new Set((tree.children ?? []).map(({ name }) => name));
  const hidden = (adds["commands"] ?? []).filter((name) => own.has(name));
  return hidden.map((name) =>
    line(
      { text: "warning", tone: "warn" },
      `  its command '${name}' is hop3's own: it is not called`,
    ),
  );
}

/** A file of this machine is sent: the server may be elsewhere. */
async function addRequest(spec: string, context: Context): Promise<ApiRequest> {
  const { signal } = context;
  const request = { method: "POST", signal } as const;
  const isAddress = /^[a-z]+:\/\//i.test(spec);
  const path = resolveFrom(context, spec);
  const isFile = !isAddress && (await stat(path).catch(() => undefined))?.isFile() === true;
  if (isFile) return { ...request, path: at`/plugins/archive`, upload: createReadStream(path) };
  if (!isAddress && /^[./~]|\.(?:tgz|tar\.gz)$/.test(spec)) {
    throw usageError({
      message: `there is no file ${spec}`,
      hint: "Name a tarball that npm pack has made, a package of the registry, or an https address",
    });
  }
  return { ...request, path: at`/plugins`, body: { spec } };
}

export async function pluginsRemove(input: Input, context: Context): Promise<Answer> {
  const [name = ""] = input.args;
  const request = { method: "DELETE", path: at`/plugins/${name}`, signal: context.signal } as const;
  const removed = await context.client.json(request, "PluginRemoved");
  const { plugin, usedBy } = removed;
  const uses = usedBy.map(({ app, release, part }) => {
    const text = `${app} runs release ${release}, made by the ${part}: it goes on running, but its next deploy needs another way`;
    return line({ text: "warning", tone: "warn" }, `  ${text}`);
  });
  return {
    json: removed,
    blocks: [line({ text: "Removed", tone: "good" }, ` ${plugin.name}`), ...uses, restartLine],
  };
}
