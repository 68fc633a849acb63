import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One language's protocol over real packages: what a path below its prefix holds, if anything. */
export interface RegistryProtocol {
  /** First part of every path: "pypi". */
  readonly prefix: string;
  /** The path without prefix, as it stands in the request, query included. */
  answer(path: string): Promise<Uint8Array | undefined>;
  /** Content type of an answer; default: plain bytes. */
  typeOf?(path: string): string | undefined;
}

/** A small registry on loopback that speaks every protocol; server.toml names it, as a user's mirror. */
export interface TestRegistry {
  /** Base address of one protocol, without a slash at its end. */
  url(prefix: string): string;
  /** Paths that were asked for and answered, in order. */
  readonly asked: readonly string[];
  /** From now on this prefix answers 401 to whoever does not send this header Authorization. */
  requireToken(prefix: string, authorization: string): void;
  close(): Promise<void>;
}

export async function startRegistry(protocols: readonly RegistryProtocol[]): Promise<TestRegistry> {
  const asked: string[] = [];
  const required = new Map<string, string>();
  const byPrefix = new Map(protocols.map((protocol) => [protocol.prefix, protocol]));
  const find = async (request: IncomingMessage) => {
    const [, prefix = "", path = ""] = /^\/([^/]+)\/?(.*)$/.exec(request.url ?? "/") ?? [];
    const wanted = required.get(prefix);
    if (wanted !== undefined && request.headers.authorization !== wanted) return { status: 401 };
    const protocol = byPrefix.get(prefix);
    const content = await protocol?.answer(path);
    if (content === undefined) return { status: 404 };
    asked.push(request.url ?? "/");
    return { status: 200, content, type: protocol?.typeOf?.(path) };
  };
  const server = createServer((request, response) => {
    find(request).then(
      ({ status, content, type }) => {
        if (type !== undefined) response.setHeader("content-type", type);
        response.writeHead(status).end(content ?? `${status}\n`);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: (prefix) => `http://127.0.0.1:${port}/${prefix}`,
    asked,
    requireToken(prefix, authorization) {
      required.set(prefix, authorization);
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
