import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const examples = join(import.meta.dirname, "../../examples");

/** A directory that can be deployed, and a way to change one line of it. */
export interface BenchApp {
  readonly name: string;
  readonly directory: string;
  /** Makes the app answer with `marker` on `/`. */
  change(marker: string): Promise<void>;
}

/** A copy of an example; `line` in `file` is replaced, and is to show `marker` on the page. */
export async function copyExample(
  parent: string,
  options: {
    readonly name: string;
    readonly example: string;
    readonly file: string;
    readonly line: (marker: string) => { readonly from: RegExp; readonly to: string };
  },
): Promise<BenchApp> {
  const { name, example, file, line } = options;
  const directory = join(parent, name);
  await cp(join(examples, example), directory, { recursive: true });
  const original = await readFile(join(directory, file), "utf8");
  return {
    name,
    directory,
    async change(marker) {
      const { from, to } = line(marker);
      const changed = original.replace(from, to);
      if (changed === original) throw new Error(`${file} of ${example} has no ${from}`);
      await writeFile(join(directory, file), changed);
    },
  };
}

/** The smallest app there is: busybox serves one page. */
export async function makeSmallApp(parent: string, name: string): Promise<BenchApp> {
  const directory = join(parent, name);
  await mkdir(join(directory, "site"), { recursive: true });
  await writeFile(join(directory, "hop3.nix"), smallExpression);
  const change = (marker: string): Promise<void> =>
    writeFile(join(directory, "site/index.html"), `${marker}\n`);
  await change(name);
  return { name, directory, change };
}

/**
 * A Node server that answers 1 kB of JSON, and wrk beside it to ask. It listens on its Unix socket, which the router uses,
 * and on its port, where wrk can ask it directly; `/port` tells which that is.
 */
export async function makeLoadApp(parent: string, name: string): Promise<BenchApp> {
  const directory = join(parent, name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "hop3.nix"), loadExpression);
  const change = (marker: string): Promise<void> =>
    writeFile(join(directory, "app.mjs"), loadServer(marker));
  await change(name);
  return { name, directory, change };
}

const loadExpression = `{ pkgs }:
let
  app = pkgs.runCommand "app" { } "mkdir $out; cp \${./app.mjs} $out/app.mjs";
in
{
  package = pkgs.buildEnv {
    name = "load";
    paths = [
      app
      pkgs.debianPackages.wrk
    ];
  };
  workers.web = "\${pkgs.nodejs}/bin/node app.mjs";
}
`;

function loadServer(marker: string): string {
  return `import { createServer } from "node:http";
const { HOP3_SOCKET, PORT } = process.env;
const items = Array.from({ length: 16 }, (_, id) => ({ id, name: "item " + id, price: id * 1.5, inStock: true }));
const reply = (request, answer) => {
  if (request.url === "/port") return answer.end(PORT);
  answer.setHeader("content-type", "application/json");
  answer.end(JSON.stringify({ marker: ${JSON.stringify(marker)}, path: request.url, at: Date.now(), items }));
};
createServer(reply).listen(HOP3_SOCKET);
createServer(reply).listen(PORT, "127.0.0.1");
`;
}

const smallExpression = `{ pkgs }:
let
  site = pkgs.runCommand "site" { } "mkdir -p $out; cp -r \${./site} $out/www";
in
{
  package = site;
  workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h \${site}/www";
}
`;
