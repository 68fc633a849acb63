import { readdir, readFile, readlink } from "node:fs/promises";

/** A TCP socket that listens, as the kernel shows it. */
interface ListeningSocket {
  readonly port: number;
  readonly inode: string;
}

export interface Listener {
  readonly pid: number;
  readonly name: string;
}

/** State "listen" in /proc/net/tcp. */
const listening = "0A";

async function listeningSockets(): Promise<readonly ListeningSocket[]> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  return tables.flatMap(parseSockets);
}

/** Columns: number, local address (hexadecimal `address:port`), remote, state, five more, inode. */
export function parseSockets(table: string): readonly ListeningSocket[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening)
    .map((fields) => ({
      port: Number.parseInt(fields[1]?.split(":").at(-1) ?? "", 16),
      inode: fields[9] ?? "",
    }));
}

/** The process that listens on a port, where we may see it. */
export async function findListener(port: number): Promise<Listener | undefined> {
  const sockets = (await listeningSockets()).filter((socket) => socket.port === port);
  const inodes = new Set(sockets.map((socket) => socket.inode));
  for (const pid of await allPids()) {
    for (const inode of await socketInodes(pid)) {
      if (inodes.has(inode)) return { pid, name: await processName(pid) };
    }
  }
  return undefined;
}

/** Ports on which any process of this group listens. */
export async function portsOfGroup(group: number): Promise<readonly number[]> {
  const sockets = new Map((await listeningSockets()).map(({ inode, port }) => [inode, port]));
  const found = new Set<number>();
  for (const pid of await allPids()) {
    if ((await processGroup(pid)) !== group) continue;
    for (const inode of await socketInodes(pid)) {
      const port = sockets.get(inode);
      if (port !== undefined) found.add(port);
    }
  }
  return [...found].sort((left, right) => left - right);
}

async function allPids(): Promise<readonly number[]> {
  return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function socketInodes(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")),
  );
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

async function processName(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "?")).trim();
}

/** Fields after the name, which is in parentheses and may hold anything: state, parent, group. */
async function processGroup(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const group = text.slice(text.lastIndexOf(")") + 2).split(" ")[2];
  return group === undefined ? undefined : Number(group);
}
