import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Argv, run } from "../../packages/server/src/proc/run.ts";
import { ownEnvironment } from "../demo/hop3.ts";
import { httpAsk } from "../demo/http.ts";
import { type Address, formatAddress, parseAddress } from "../demo/ports.ts";
import { startCountingProxy } from "./counting-proxy.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, makeFigure, round, timeOf } from "./measure.ts";

const hop3 = join(import.meta.dirname, "../../bin/hop3");

/** What a tree of 500 MB can look like. */
const trees = [
  { files: 5_000, bytes: 100_000 },
  { files: 99_000, bytes: 5_050 },
] as const;
/** One changed file is to cost so little more than itself. */
const mostKilobytes = 50;

/** Deploys of a 500 MB tree over TCP, one file changed: bytes on the line and time, against a tar of all of it. */
export async function measureUpload(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const tree of trees) figures.push(...(await measureTree(context, tree)));
  return figures;
}

type Tree = (typeof trees)[number];

async function measureTree({ platform, directory }: BenchContext, tree: Tree): Promise<Figure[]> {
  const name = `bench-upload-${tree.files}`;
  const dir = join(directory, name);
  await writeTree(dir, tree);
  const { listen, token } = await platform.access();
  const proxy = await startCountingProxy(requireAddress(listen));
  const there = { address: proxy.address, token, cache: join(directory, "cache") };
  const measure = async (work: () => Promise<unknown>): Promise<Measured> => {
    const before = proxy.sent();
    const ms = await timeOf(work);
    return { ms, kilobytes: (proxy.sent() - before) / 1000 };
  };
  try {
    const first = await measure(() => deploy(dir, name, there));
    // Files of the last two seconds are read again: the one that is changed is to be the only one.
    await deploy(dir, name, there);
    await writeFile(join(dir, "dir-0/file-0.txt"), makeText(tree.bytes, -1));
    const changed = await measure(() => deploy(dir, name, there));
    const whole = await measure(() => sendTar(dir, name, there));
    return toFigures(tree, { first, changed, whole });
  } finally {
    proxy.close();
    await platform.destroy(name);
    await rm(dir, { recursive: true });
  }
}

interface Measured {
  readonly ms: number;
  readonly kilobytes: number;
}

function requireAddress(listen: string): Address {
  const address = parseAddress(listen);
  if (address === undefined) throw new Error(`the API listens on ${listen}`);
  return address;
}

interface There {
  readonly address: Address;
  readonly token: string;
  readonly cache: string;
}

function toFigures(
  { files, bytes }: Tree,
  { first, changed, whole }: Readonly<Record<"first" | "changed" | "whole", Measured>>,
): Figure[] {
  const of = `of ${files} files`;
  const most = mostKilobytes + Math.ceil(bytes / 1000);
  return [
    {
      figure: `upload, one file ${of} changed, against a tar`,
      unit: "kB",
      floor: round(whole.kilobytes),
      value: round(changed.kilobytes),
      ratio: round(changed.kilobytes / whole.kilobytes),
      reach: `<= ${most} kB`,
      ok: changed.kilobytes <= most,
    },
    makeFigure(
      { figure: `the same, until it is queued, against a tar ${of}`, unit: "ms" },
      { floor: whole.ms, value: changed.ms },
      { atMost: 0.5 },
    ),
    makeFigure(
      { figure: `first upload ${of}, against a tar`, unit: "ms" },
      { floor: whole.ms, value: first.ms },
      {},
    ),
  ];
}

/** No app: a deployment of it ends when its Plan is made, and the disk is spared a build of half a gigabyte. */
async function writeTree(dir: string, { files, bytes }: Tree): Promise<void> {
  for (let index = 0; index < 100; index += 1) {
    await mkdir(join(dir, `dir-${index}`), { recursive: true });
  }
  for (let index = 0; index < files; index += 1) {
    await writeFile(join(dir, `dir-${index % 100}/file-${index}.txt`), makeText(bytes, index));
  }
}

const words = Array.from({ length: 4_096 }, (_, index) => (index * 2_654_435_761).toString(36));

/** Text that zips about as well as source code does. */
function makeText(bytes: number, seed: number): string {
  let text = `${seed}\n`;
  for (let step = Math.abs(seed) + 1; text.length < bytes; step = (step * 75 + 74) % 65_537) {
    text += `${words[step % words.length]} `;
  }
  return text.slice(0, bytes);
}

async function deploy(dir: string, name: string, there: There): Promise<void> {
  const argv: Argv = [hop3, "deploy", dir, "--app", name, "--detach"];
  const env = {
    ...ownEnvironment(),
    HOP3_SERVER: `http://${formatAddress(there.address)}`,
    HOP3_TOKEN: there.token,
    XDG_CACHE_HOME: there.cache,
  };
  const { exitCode, stderr } = await run({ argv, env });
  if (exitCode !== 0) throw new Error(stderr);
}

/** What every deploy would send without a list of files. */
async function sendTar(dir: string, name: string, { address, token }: There): Promise<void> {
  const chunks: Buffer[] = [];
  const argv: Argv = ["tar", "-cz", "-C", dir, "."];
  const { exitCode, stderr } = await run({ argv, onData: (chunk) => void chunks.push(chunk) });
  if (exitCode !== 0) throw new Error(stderr);
  const answer = await httpAsk({
    address,
    path: `/api/v1/apps/${name}/deployments`,
    upload: Buffer.concat(chunks),
    headers: { authorization: `Bearer ${token}` },
    timeoutMs: 300_000,
  });
  if (answer.status !== 202) throw new Error(answer.body);
}
