// npm run docs -- DIR: writes the documentation as a site of files, which any web server can hand out.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeSite } from "./docs/site.ts";

async function main([destination]: readonly string[]): Promise<number> {
  if (destination === undefined) {
    process.stderr.write("Usage: npm run docs -- DIR\n");
    return 2;
  }
  const site = makeSite(join(import.meta.dirname, ".."));
  for (const [path, text] of site) {
    const file = join(resolve(destination), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  process.stdout.write(`${site.size} files in ${destination}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
