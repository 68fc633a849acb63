import { readFileSync } from "node:fs";
import { join } from "node:path";

const guide = join(import.meta.dirname, "../../../../docs/guides/plug-ins.md");

/** The plug-in of the guide that provides `redis`, word for word. */
export function redisPlugin(): string {
  const blocks = [...readFileSync(guide, "utf8").matchAll(/^```js\n([\s\S]*?)^```$/gm)];
  const found = blocks
    .map(([, code = ""]) => code)
    .find((code) => code.includes("addons: [redis]"));
  if (found === undefined) throw new Error(`${guide} shows no addon`);
  return found;
}

/** Provides `wild-<hook>`, which throws in that hook, and `odd`, whose variables no Process can have. */
export const wildPlugin = `
import { definePlugin } from "hop3/plugin";
const nothing = async () => {};
const tame = { create: nothing, connection: async () => ({}), destroy: nothing };
const boom = async () => { throw new Error("wild hook"); };
const wild = ["create", "process", "connection", "destroy"].map((hook) => ({
  ...tame, type: "wild-" + hook, [hook]: boom,
}));
const odd = { ...tame, type: "odd", connection: async () => ({ "not a name": "x" }) };
export default definePlugin({ name: "wild", addons: [...wild, odd] });
`;
