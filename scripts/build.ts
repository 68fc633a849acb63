// npm run build [-- DIR]: compiles every package; with DIR also packs them there as tarballs.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { buildPackages, packPackages } from "./packaging/pack.ts";

await buildPackages();
const [destination] = process.argv.slice(2);
if (destination !== undefined) {
  await mkdir(destination, { recursive: true });
  for (const { tarball } of await packPackages(resolve(destination))) {
    process.stdout.write(`${tarball}\n`);
  }
}
