import type { SourceTree } from "../../source/tree.ts";
import type { Conversion } from "../conversion.ts";
import { appJsonConverter } from "./converter.ts";

/** What the app.json of a Source says, for a Plan and a deploy; undefined where there is none. */
export async function readAppJson(tree: SourceTree): Promise<Conversion | undefined> {
  const file = "app.json";
  if (!tree.has(file)) return undefined;
  const text = await tree.readText(file);
  return appJsonConverter.convert({ text, file, has: (path) => tree.has(path) });
}
