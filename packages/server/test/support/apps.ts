import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A directory with these files, below /tmp. */
export async function makeTree(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp("/tmp/hop3-tree-");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

/** A copy of this directory, below /tmp. */
export async function copyTree(from: string): Promise<string> {
  const dir = await makeTree({});
  await cp(from, dir, { recursive: true });
  return dir;
}

/** The smallest app there is: busybox serves one page that says `text`. Builds in about 0.3 s. */
export function pageFiles(text: string): Readonly<Record<string, string>> {
  return {
    "hop3.nix": `{ pkgs ? import <nixpkgs> {} }:
{
  package = pkgs.runCommand "page" { } ''
    mkdir -p $out/www
    cp \${./index.html} $out/www/index.html
  '';
  workers.web = "\${pkgs.busybox}/bin/busybox httpd -f -p $BIND_ADDRESS:$PORT -h www";
}
`,
    "index.html": `${text}\n`,
  };
}

export function pageApp(
  text: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  return makeTree({ ...pageFiles(text), ...more });
}
