import { request } from "node:http";

/** Where a request goes and what it says; `host` is the Host header, which need not resolve. */
export interface HttpRequest {
  /** Sent as JSON by POST; without one it is a GET. */
  readonly json?: unknown;
  /** Sent by POST as application/gzip. */
  readonly upload?: Buffer;
  readonly address: { readonly host: string; readonly port: number } | { readonly socket: string };
  readonly path: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request. Not fetch, which neither speaks over Unix sockets nor lets anyone set Host. */
export function httpAsk(wanted: HttpRequest): Promise<HttpAnswer> {
  const { address } = wanted;
  const target =
    "socket" in address
      ? { socketPath: address.socket }
      : { host: address.host, port: address.port };
  const { type, body } = contentOf(wanted);
  return new Promise((resolve, reject) => {
    const sent = request({
      ...target,
      path: wanted.path,
      method: body === undefined ? "GET" : "POST",
      headers: { host: wanted.host ?? "localhost", ...type, ...wanted.headers },
      signal: AbortSignal.timeout(wanted.timeoutMs ?? 10_000),
      agent: false,
    });
    sent.once("error", reject);
    sent.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    sent.end(body);
  });
}

function contentOf({ json, upload }: HttpRequest): {
  readonly type: Readonly<Record<string, string>>;
  readonly body: Buffer | string | undefined;
} {
  if (upload !== undefined) return { type: { "content-type": "application/gzip" }, body: upload };
  if (json === undefined) return { type: {}, body: undefined };
  return { type: { "content-type": "application/json" }, body: JSON.stringify(json) };
}
