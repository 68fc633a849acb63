import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LogRecord } from "../../packages/core/src/index.ts";
import { httpAsk } from "../demo/http.ts";
import type { BenchApp } from "./bench-apps.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, round } from "./measure.ts";
import type { Access } from "./platform.ts";

const perSecond = 5_000;
const seconds = 20;
const total = perSecond * seconds;
const patienceMs = 60_000;

/** An app that talks without a pause, and one reader who wants to see every line once and in order. */
export async function measureFollow({ platform, directory }: BenchContext): Promise<Figure[]> {
  const app = await makeTalker(directory, "bench-follow");
  await platform.deploy(app);
  const reader = await openReader(await platform.access(), app.name);
  const host = `${app.name}.localhost`;
  const address = platform.server.router;
  const asked = { address, host, path: "/talk", timeoutMs: patienceMs };
  const took = Number((await httpAsk(asked)).body);
  await reader.until(total, patienceMs);
  reader.close();
  await platform.destroy(app.name);
  const wrong = countWrong(reader.heard.map(({ number }) => number));
  const delays = reader.heard.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  const rate = (total / took) * 1000;
  return [
    {
      figure: `log lines missed, repeated or out of order, of ${total}`,
      unit: "lines",
      floor: 0,
      value: wrong,
      ratio: wrong,
      reach: "0",
      ok: wrong === 0,
    },
    {
      figure: "log lines a second that the app printed meanwhile",
      unit: "lines",
      floor: perSecond,
      value: round(rate),
      ratio: round(rate / perSecond),
      // What a timer of the app loses to its own rounding.
      reach: ">= 0.98",
      ok: rate >= perSecond * 0.98,
    },
    {
      figure: "from print to reader, 99th of 100",
      unit: "ms",
      floor: 100,
      value: round(delays[Math.floor(delays.length * 0.99)] ?? Number.NaN),
      ratio: round((delays[Math.floor(delays.length * 0.99)] ?? Number.NaN) / 100),
      reach: "for information",
      ok: true,
    },
  ];
}

/** Distance from 0, 1, 2, …: each line that is not the next one counts, and each that never came. */
function countWrong(numbers: readonly number[]): number {
  const misplaced = numbers.filter((number, index) => number !== index).length;
  return misplaced + Math.max(0, total - numbers.length);
}

interface Heard {
  readonly number: number;
  readonly delayMs: number;
}

interface Reader {
  readonly heard: readonly Heard[];
  until(count: number, patience: number): Promise<void>;
  close(): void;
}

/** Over TCP and with a token, as the page and a remote `hop3 logs --follow` come. */
async function openReader({ listen, token }: Access, app: string): Promise<Reader> {
  const sent = request(`http://${listen}/api/v1/apps/${app}/logs/stream?lines=1`, {
    agent: false,
    headers: { authorization: `Bearer ${token}` },
  });
  sent.on("error", () => {});
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the log was answered ${response.statusCode}`);
  const heard: Heard[] = [];
  let rest = "";
  response.setEncoding("utf8");
  response.on("error", () => {});
  response.on("data", (text: string) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const [word, number, at] = LogRecord.parse(JSON.parse(data)).text.split(" ");
      if (word === "line") heard.push({ number: Number(number), delayMs: Date.now() - Number(at) });
    }
  });
  // The app's first line: the stream has begun, and nothing after it is missed.
  await once(response, "data");
  return {
    heard,
    async until(count, patience) {
      const deadline = Date.now() + patience;
      while (heard.length < count && Date.now() < deadline) await sleep(50);
    },
    close: () => void sent.destroy(),
  };
}

async function makeTalker(parent: string, name: string): Promise<BenchApp> {
  const directory = join(parent, name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "hop3.nix"), expression);
  const change = (marker: string): Promise<void> =>
    writeFile(join(directory, "app.mjs"), talker(marker));
  await change(name);
  return { name, directory, change };
}

const expression = `{ pkgs }:
{
  package = pkgs.runCommand "app" { } "mkdir $out; cp \${./app.mjs} $out/app.mjs";
  workers.web = "\${pkgs.nodejs}/bin/node app.mjs";
}
`;

/** `/talk` prints as many lines as are due each hundredth of a second and answers with the milliseconds it took. */
function talker(marker: string): string {
  return `import { createServer } from "node:http";
const text = " of the app, as long as such lines are: GET /items/4711 200 1.5 ms";
const talk = (answer) => {
  const started = Date.now();
  let printed = 0;
  const timer = setInterval(() => {
    const due = Math.min(${total}, Math.floor((Date.now() - started) * ${perSecond / 1000}));
    let lines = "";
    for (; printed < due; printed++) lines += "line " + printed + " " + Date.now() + text + "\\n";
    process.stdout.write(lines);
    if (printed < ${total}) return;
    clearInterval(timer);
    answer.end(String(Date.now() - started));
  }, 10);
};
createServer((request, answer) => {
  if (request.url === "/talk") return talk(answer);
  answer.end(${JSON.stringify(marker)});
}).listen(process.env.HOP3_SOCKET, () => console.log("ready"));
`;
}
