import { createHmac } from "node:crypto";
import { type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { findOutside, parseOutsideUrl } from "./outside-address.ts";

export interface Message {
  readonly id: number;
  readonly event: string;
  readonly url: string;
  readonly body: string;
  readonly secret: string;
  readonly at: Date;
}

export interface SendOptions {
  readonly internalHosts: readonly string[];
  readonly version: string;
  readonly signal: AbortSignal;
}

const timeoutMs = 15_000;

/** The signature over the time and the body: an old message cannot pass for a new one. */
export function signMessage(secret: string, seconds: number, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

/** Sends it once, to the address that was looked at; the status of the answer. Redirects are not followed. */
export async function sendMessage(message: Message, options: SendOptions): Promise<number> {
  const { url, address } = await findOutside(parseOutsideUrl(message.url), options.internalHosts);
  const seconds = Math.floor(message.at.getTime() / 1_000);
  const request: RequestOptions = {
    method: "POST",
    agent: false,
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]),
    lookup: (_host, { all }, done) => {
      const family = isIP(address);
      if (all === true) done(null, [{ address, family }]);
      else done(null, address, family);
    },
    headers: {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(message.body),
      "user-agent": `hop3/${options.version}`,
      "x-hop3-event": message.event,
      "x-hop3-delivery": String(message.id),
      "x-hop3-timestamp": String(seconds),
      "x-hop3-signature-256": signMessage(message.secret, seconds, message.body),
    },
  };
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return await new Promise((resolve, reject) => {
    const call = send(url, request, (response) => {
      resolve(response.statusCode ?? 0);
      // What it says beside the status is of no use to anybody here.
      response.destroy();
    });
    call.once("error", reject);
    // An answer that switches to another protocol ends the connection, and nothing else tells of it.
    call.once("close", () => reject(new Error("the connection ended without an answer")));
    call.end(message.body);
  });
}
