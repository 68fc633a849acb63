import { once } from "node:events";
import { connect, createServer } from "node:net";

/** A TCP address to listen on. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8080` as host and port; undefined where it is neither. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port > 65_535) return undefined;
  return { host: match[1].replace(/^\[|\]$/g, ""), port };
}

/** The address as `--listen` and URLs write it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address itself where it is free, else the same host with a port that is. */
export async function freeAddress(wanted: Address): Promise<Address> {
  const port = (await tryListen(wanted)) ?? (await tryListen({ ...wanted, port: 0 }));
  return { host: wanted.host, port: port ?? wanted.port };
}

async function tryListen({ host, port }: Address): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/** Whether anything accepts connections there. */
export async function answers({ host, port }: Address): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
