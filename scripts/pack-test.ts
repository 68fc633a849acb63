// npm run pack-test: builds and packs every package, installs the tarballs into an empty directory, and uses that hop3.
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { z } from "zod";
import { makeHop3 } from "./demo/hop3.ts";
import { type HttpRequest, httpAsk } from "./demo/http.ts";
import { freeAddress } from "./demo/ports.ts";
import { startServer } from "./demo/server.ts";
import { stopSignal, untilStopped } from "./demo/stop-signal.ts";
import {
  buildPackages,
  type Packed,
  packPackages,
  repository,
  runOrThrow,
} from "./packaging/pack.ts";

const Version = z.object({ version: z.string() });

async function lintPackages(packed: readonly Packed[]): Promise<void> {
  for (const { name, directory } of packed) {
    const { messages } = await publint({ pkgDir: directory, pack: false, strict: true });
    const manifest = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    const texts = messages.map((message) => formatMessage(message, manifest, { color: false }));
    if (texts.length > 0) throw new Error(`publint: ${name}\n${texts.join("\n")}`);
  }
}

/** Installs into a directory that has nothing, as a user would. */
async function installTarballs(packed: readonly Packed[], directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), '{ "private": true }\n');
  const tarballs = packed.map(({ tarball }) => tarball);
  await runOrThrow(["npm", "install", "--no-audit", "--no-fund", ...tarballs], directory);
  return join(directory, "node_modules/.bin/hop3");
}

/** What a plug-in's author sees: types of the installed package, read as strictly as they are written. */
async function checkPlugins(directory: string): Promise<void> {
  const sources = join(directory, "plugins");
  await cp(join(repository, "examples/plugins"), sources, { recursive: true });
  const options =
    "--noEmit --allowJs --checkJs --strict --target es2024 --module nodenext --types node";
  const files = ["perl", "diagrams"].map((name) => join(sources, name, "index.js"));
  const types = ["--typeRoots", join(repository, "node_modules/@types")];
  const tsc = join(repository, "node_modules/.bin/tsc");
  await runOrThrow([tsc, ...options.split(" "), ...types, ...files], directory);
}

async function useCommand(program: string, directory: string): Promise<void> {
  const { version } = Version.parse(
    JSON.parse(await readFile(join(repository, "package.json"), "utf8")),
  );
  const printed = (await runOrThrow([program, "--version"], directory)).trim();
  if (printed !== version) throw new Error(`hop3 --version printed ${printed}, not ${version}`);
  // Copied, so that nothing of the checkout is found beside it.
  const app = join(directory, "static");
  await cp(join(repository, "examples/static"), app, { recursive: true });
  await runOrThrow([program, "plan", app], directory);
}

async function useServer(program: string, directory: string): Promise<void> {
  const hop3 = makeHop3(join(directory, "home"), program);
  const server = await startServer({
    hop3,
    listen: await freeAddress({ host: "127.0.0.1", port: 0 }),
    router: await freeAddress({ host: "127.0.0.1", port: 0 }),
    say: (line) => process.stdout.write(`${line}\n`),
    signal: AbortSignal.any([stopSignal, AbortSignal.timeout(240_000)]),
  });
  if (server === undefined) throw new Error("the installed server did not start");
  try {
    const token = (await hop3.run(["server", "token"])).stdout.trim();
    const answer = await untilStopped(
      httpAsk({
        address: server.listen,
        path: "/api/v1/server",
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    if (answer.status !== 200) throw new Error(`/api/v1/server: ${answer.status} ${answer.body}`);
    await usePage(server.listen);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const leftovers = await server.stop();
  if (leftovers !== "") throw new Error(leftovers);
}

/** The page, and the first script that it loads. */
async function usePage(address: HttpRequest["address"]): Promise<void> {
  const page = await untilStopped(httpAsk({ address, path: "/apps/some" }));
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.body)?.[1];
  if (page.status !== 200 || script === undefined)
    throw new Error(`/: ${page.status} ${page.body}`);
  const { status } = await untilStopped(httpAsk({ address, path: script }));
  if (status !== 200) throw new Error(`${script}: ${status}`);
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "hop3-pack-"));
  // Apps have users of their own, who have to pass through.
  await chmod(directory, 0o711);
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    process.stdout.write(`ok  ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
    return result;
  };
  try {
    await step("build", buildPackages);
    const packed = await step("pack", () => packPackages(join(directory, "packed")));
    await step("publint", () => lintPackages(packed));
    const installed = join(directory, "installed");
    const program = await step("install", () => installTarballs(packed, installed));
    await step("types for plug-ins", () => checkPlugins(installed));
    await step("hop3 --version and plan", () => useCommand(program, installed));
    await step("hop3 server", () => useServer(program, installed));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

await main();
