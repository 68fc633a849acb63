import { sha256, uploadHeaderBytes, uploadId } from "@hop3/core/node";
import type { ApiServer, Route } from "./api-server.ts";

/** What a server was sent of an app's files. */
export interface SentFiles {
  /** Lines of the lists of files, in their order. */
  readonly lines: unknown[][];
  /** Bytes of contents, headers not counted. */
  bytes: number;
}

/** Lets the server take uploads of an app: it knows of nothing, and keeps nothing. */
export function acceptUploads(api: ApiServer, app: string): SentFiles {
  const sent: SentFiles = { lines: [], bytes: 0 };
  const receive: Route = ({ body }) => {
    const received = { files: 0, bytes: 0 };
    for (let at = 0; at < body.length; received.files += 1) {
      const length = Number(body.readBigUInt64BE(at + 40));
      received.bytes += length;
      at += uploadHeaderBytes + length;
    }
    sent.bytes += received.bytes;
    return received;
  };
  api.routes[`POST /apps/${app}/uploads`] = ({ body }) => {
    const pages = body.toString().split("\n").filter(Boolean);
    const lines = pages.flatMap((page) => JSON.parse(page) as unknown[][]);
    sent.lines.push(...lines);
    const id = uploadId(pages.map((page) => ({ hash: sha256(page) })));
    api.routes[`POST /apps/${app}/uploads/${id}/contents`] = receive;
    return { id, missingPages: [], missing: [[0, lines.length]], arrived: [], receiving: 0 };
  };
  return sent;
}
