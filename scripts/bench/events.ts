import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { makeSmallApp } from "./bench-apps.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, residentMegabytes, round } from "./measure.ts";
import type { Access } from "./platform.ts";

const streams = 500;
const eventsEach = 200;
/** How many of them lose their connection half-way, and resume. */
const broken = 100;
const patienceMs = 60_000;
const limitMegabytes = 60;

/** 500 pages that are open, what they cost the control plane, and whether each hears of everything once. */
export async function measureEvents({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await makeSmallApp(directory, "bench-events");
  await platform.deploy(app);
  const ask = makeAsk(await platform.access());
  const pid = await platform.serverPid();
  const before = await residentMegabytes(pid);
  const readers = Array.from({ length: streams }, () => makeReader(ask));
  for (const reader of readers) await reader.open();
  let most = await residentMegabytes(pid);
  for (let count = 0; count < eventsEach; count++) {
    if (count === eventsEach / 2) for (const reader of readers.slice(0, broken)) reader.breakOff();
    await change(ask, app.name, count);
    most = Math.max(most, await residentMegabytes(pid));
  }
  for (const reader of readers.slice(0, broken)) await reader.open();
  const missed = await countMissed(readers);
  for (const reader of readers) reader.breakOff();
  await platform.destroy(app.name);
  return [
    {
      figure: `${streams} open event streams, added memory`,
      unit: "MB",
      floor: round(before),
      value: round(most - before),
      ratio: round((most - before) / before),
      reach: `<= ${limitMegabytes} MB`,
      ok: most - before <= limitMegabytes,
    },
    {
      figure: `events missed or repeated, of ${streams * eventsEach}`,
      unit: "events",
      floor: 0,
      value: missed,
      ratio: missed,
      reach: "0",
      ok: missed === 0,
    },
  ];
}

type Ask = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
) => ClientRequest;

/** Over TCP and with a token, as browsers come: the local socket would be a little cheaper. */
function makeAsk({ listen, token }: Access): Ask {
  return (method, path, headers) =>
    request(`http://${listen}/api/v1${path}`, {
      method,
      agent: false,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
}

/** One change of the configuration that starts nothing: one event. */
async function change(ask: Ask, app: string, value: number): Promise<void> {
  const sent = ask("PATCH", `/apps/${app}/config`, { "content-type": "application/json" });
  sent.end(JSON.stringify({ values: { BENCH: String(value) }, apply: false }));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  if (response.statusCode !== 200)
    throw new Error(`the change was answered ${response.statusCode}`);
}

interface Reader {
  /** Numbers of the events of changes, as they came. */
  readonly heard: number[];
  open(): Promise<void>;
  breakOff(): void;
}

function makeReader(ask: Ask): Reader {
  const heard: number[] = [];
  let sent: ClientRequest | undefined;
  let last = "";
  const read = (block: string): void => {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    if (id === undefined) return;
    last = id;
    if (block.includes('"config.changed"')) heard.push(Number(id));
    if (block.includes("event: reset")) throw new Error("a stream could not be resumed");
  };
  return {
    heard,
    async open() {
      const opened = ask("GET", "/events", last === "" ? {} : { "last-event-id": last });
      sent = opened;
      opened.on("error", () => {});
      opened.end();
      const [response] = (await once(opened, "response")) as [IncomingMessage];
      response.setEncoding("utf8");
      response.on("error", () => {});
      let rest = "";
      response.on("data", (text: string) => {
        const blocks = (rest + text).split("\n\n");
        rest = blocks.pop() ?? "";
        for (const block of blocks) read(block);
      });
      // It has begun: from here on nothing is missed.
      await once(response, "data");
    },
    breakOff: () => void sent?.destroy(),
  };
}

/** Waits for what is under way; then how many are not there, or are there twice. */
async function countMissed(readers: readonly Reader[]): Promise<number> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline && readers.some(({ heard }) => heard.length < eventsEach)) {
    await sleep(100);
  }
  const wrong = readers.map(({ heard }) => {
    const distinct = new Set(heard).size;
    return Math.abs(eventsEach - distinct) + (heard.length - distinct);
  });
  return wrong.reduce((sum, each) => sum + each, 0);
}
