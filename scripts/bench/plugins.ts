import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Hop3, makeHop3 } from "../demo/hop3.ts";
import { formatAddress, freeAddress } from "../demo/ports.ts";
import { startServer } from "../demo/server.ts";
import { stopSignal } from "../demo/stop-signal.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, median, round, sample } from "./measure.ts";

const runs = 15;
const count = 20;
const mostMs = 50;
const example = join(import.meta.dirname, "../../examples/plugins/perl");

const Listed = z.object({ plugins: z.array(z.object({ state: z.string() })) });

/** What twenty plug-ins add to the start of a server, in turns with a start without any. */
export async function measurePlugins({ directory }: BenchContext): Promise<Figure[]> {
  const home = join(directory, "plugins-home");
  const hop3 = makeHop3(home);
  const places = await makePlugins(join(directory, "plugins"));
  const quoted = places.map((place) => JSON.stringify(place)).join(", ");
  const configure = (load: string) =>
    writeFile(join(home, "server.toml"), `[plugins]\nload = [${load}]\n`);
  await mkdir(home);
  await chmod(home, 0o711);
  await configure(quoted);
  const addresses = await prepare(hop3);
  const times = await sample(runs, async () => {
    await configure("");
    const without = await timeStart(hop3, addresses);
    await configure(quoted);
    return { without, added: (await timeStart(hop3, addresses)) - without };
  });
  await hop3.run(["server", "stop", "--all"]);
  const added = median(times.map((time) => time.added));
  const without = median(times.map((time) => time.without));
  return [
    {
      figure: `start of the server, ${count} plug-ins more`,
      unit: "ms",
      floor: round(without),
      value: round(added),
      ratio: round(added / mostMs),
      reach: `<= ${mostMs} ms more`,
      ok: added <= mostMs,
    },
  ];
}

/** The example of the guide, under twenty names. */
async function makePlugins(parent: string): Promise<readonly string[]> {
  return sample(count, async (index) => {
    const directory = join(parent, `perl-${index}`);
    await cp(example, directory, { recursive: true });
    for (const file of ["index.js", "package.json"]) {
      const text = await readFile(join(directory, file), "utf8");
      await writeFile(join(directory, file), text.replaceAll(/perl"/g, `perl-${index}"`));
    }
    return directory;
  });
}

/** Locks the packages, builds the data plane, and asks whether all plug-ins are there. */
async function prepare(hop3: Hop3): Promise<readonly string[]> {
  const address = () => freeAddress({ host: "127.0.0.1", port: 0 });
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const [listen, router] = await Promise.all([address(), address()]);
  const server = await startServer({ hop3, listen, router, say, signal: stopSignal });
  const { value } = await hop3.json(["plugins", "list"]);
  await server?.stop();
  const loaded = Listed.parse(value).plugins.filter(({ state }) => state === "ok");
  if (loaded.length !== count) throw new Error(`loaded: ${loaded.length} of ${count} plug-ins`);
  return ["--listen", formatAddress(listen), "--router", formatAddress(router)];
}

/** Until it says that it is ready. */
async function timeStart(hop3: Hop3, addresses: readonly string[]): Promise<number> {
  const ready = Promise.withResolvers<number>();
  const started = performance.now();
  const ended = hop3.run(["server", "start", ...addresses], {
    signal: stopSignal,
    onLine(line) {
      if (line.includes('"event":"ready"')) ready.resolve(performance.now() - started);
    },
  });
  const failed = ended.then(({ stderr }): never => {
    throw new Error(`the server did not start: ${stderr}`);
  });
  const time = await Promise.race([ready.promise, failed]);
  await hop3.run(["server", "stop"]);
  await ended;
  return time;
}
