import { createReadStream, createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { chooseApp } from "../app.ts";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import { resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatBytes } from "../text.ts";
import { answerDeployment } from "../timeline/outcome.ts";

/** Writes a Release as a signed bundle, to standard output or into a file. */
export async function releaseExport(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const number = parseWhole(input.args[0] ?? "", "the release");
  const file = input.text("output");
  if (file === undefined && context.output.terminal) {
    throw usageError({
      message: "a bundle is no text for a terminal",
      hint: `Write it into a file: hop3 release export ${number} --app ${app} > FILE`,
    });
  }
  const bytes = context.client.bytes({
    method: "POST",
    path: at`/apps/${app}/releases/${number}/export`,
    body: { have: await readHave(input, context) },
    signal: context.signal,
  });
  if (file === undefined) {
    for await (const chunk of bytes) context.output.raw(chunk);
    return { json: { app, release: number }, blocks: [], raw: "" };
  }
  const path = resolveFrom(context, file);
  await pipeline(Readable.from(bytes), createWriteStream(path));
  const { size } = await stat(path);
  return {
    json: { app, release: number, file: path, bytes: size },
    blocks: [line(`Wrote release ${number} of ${app} into ${file} (${formatBytes(size)})`)],
  };
}

async function readHave(input: Input, context: Context): Promise<readonly string[]> {
  const file = input.text("have");
  if (file === undefined) return [];
  const text = await readFile(resolveFrom(context, file), "utf8");
  return text.split("\n").filter((each) => /^[a-z0-9]{32}$/.test(each));
}

/** Runs a Release that another server has built: nothing is evaluated or built here. */
export async function releaseImport(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const [file = ""] = input.args;
  const path = resolveFrom(context, file);
  await stat(path).catch(() => {
    throw usageError({ message: `there is no file ${file}`, hint: "Name the bundle to import" });
  });
  const deployment = await context.client.json(
    {
      method: "POST",
      path: at`/apps/${app}/import`,
      upload: createReadStream(path),
      signal: context.signal,
    },
    "DeploymentSummary",
  );
  return await answerDeployment(context, deployment, { detach: input.flag("detach") });
}

/** Prints what this server's store holds, for an export that leaves it out. */
export async function releaseHave(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/server/store`, signal: context.signal };
  const found = await context.client.json(request, "StoredHashes");
  return { json: found, blocks: [], raw: `${found.hashes.join("\n")}\n` };
}

export async function releaseKey(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/server/key`, signal: context.signal };
  const key = await context.client.json(request, "StoreKey");
  return { json: key, blocks: [line(key.publicKey)] };
}
