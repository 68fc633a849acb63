import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type IndexText, indexPage } from "@hop3/core";
import { z } from "zod";
import { writeAtomically } from "../write-atomically.ts";
import type { Registries } from "./registries.ts";

const IndexPage = z.object({ url: z.string(), text: z.string() });
const Files = z.object({ files: z.array(z.object({ hashes: z.record(z.string(), z.string()) })) });

/**
 * Pages of the Python index. Which file a hash belongs to does not change, so a page is asked for
 * once, and again when it lacks a hash: deploys of what is known need no network.
 */
export function makePythonIndex(registries: Pick<Registries, "get">, dir: string) {
  return async (name: string, hashes: readonly string[]): Promise<IndexText> => {
    const file = join(dir, `${name}.json`);
    const kept = await readFile(file, "utf8").catch(() => undefined);
    const known = kept === undefined ? undefined : IndexPage.parse(JSON.parse(kept));
    if (known !== undefined && listsAll(known.text, hashes)) return known;
    const accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.1";
    const response = await registries.get("pypi", `${name}/`, { accept });
    const contentType = response.headers.get("content-type") ?? "";
    const page = indexPage({ url: response.url, text: await response.text(), contentType });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeAtomically(file, JSON.stringify({ url: page.url, text: page.text }));
    return page;
  };
}

function listsAll(text: string, hashes: readonly string[]): boolean {
  const { files } = Files.parse(JSON.parse(text));
  const listed = new Set(files.flatMap((file) => Object.values(file.hashes)));
  return hashes.every((sri) => {
    const digest = sri.slice(sri.indexOf("-") + 1);
    return listed.has(Buffer.from(digest, "base64").toString("hex"));
  });
}
