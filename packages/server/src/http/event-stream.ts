import type { ServerEvent } from "@hop3/core";
import type { Events } from "../observe/events.ts";

/** Who reads: asked again from time to time, since a stream outlives a session, a role, a token. */
export interface Reader {
  /** False ends the stream; whoever may still read comes back and resumes. */
  isStillThere(): boolean;
  mayRead(event: ServerEvent): boolean;
}

export interface EventStreams {
  /** The bytes of one stream; `after` is the last event that the reader has had. */
  open(reader: Reader, after: number | undefined): ReadableStream<Uint8Array>;
}

export interface EventStreamsOptions {
  readonly heartbeatMs?: number;
  /** What may wait for one reader; who falls further behind is cut off, and resumes. */
  readonly waitingBytes?: number;
}

interface OpenStream {
  readonly reader: Reader;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
}

const heartbeatMsByDefault = 15_000;
const waitingBytesByDefault = 1024 * 1024;
const retryMs = 1_000;

const heartbeat = encode(":\n\n");

/** All open streams: they share one timer, and the bytes of every event. */
export function makeEventStreams(events: Events, options: EventStreamsOptions = {}): EventStreams {
  const { heartbeatMs = heartbeatMsByDefault, waitingBytes = waitingBytesByDefault } = options;
  const streams = new Set<OpenStream>();
  let stopListening: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const drop = (stream: OpenStream): void => {
    if (!streams.delete(stream) || streams.size > 0) return;
    stopListening?.();
    clearInterval(timer);
  };
  const send = (stream: OpenStream, bytes: Uint8Array): void => {
    const { controller } = stream;
    if ((controller.desiredSize ?? 0) > 0) {
      controller.enqueue(bytes);
      return;
    }
    drop(stream);
    controller.error(new Error("the reader of an event stream is too slow"));
  };
  const requireThere = (stream: OpenStream): boolean => {
    if (stream.reader.isStillThere()) return true;
    drop(stream);
    stream.controller.close();
    return false;
  };
  const begin = (): void => {
    stopListening = events.listen(({ event, frame }) => {
      for (const stream of streams) {
        // Among these are changes of users and sessions.
        if (event.topic === "server" && !requireThere(stream)) continue;
        if (stream.reader.mayRead(event)) send(stream, frame);
      }
    });
    timer = setInterval(() => {
      for (const stream of streams) if (requireThere(stream)) send(stream, heartbeat);
    }, heartbeatMs).unref();
  };
  return {
    open(reader, after) {
      let opened: OpenStream | undefined;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            opened = { reader, controller };
            streams.add(opened);
            if (streams.size === 1) begin();
            // Nothing is awaited between this and the first event that is sent as it comes: none is lost.
            controller.enqueue(openingOf(events, reader, after));
          },
          cancel: () => opened && drop(opened),
        },
        { highWaterMark: waitingBytes, size: (bytes) => bytes.byteLength },
      );
    },
  };
}

/**
 * What a stream begins with: where it stands, so that whoever loses it before the first event can resume too, and what
 * came since the last event that the reader has had, or that this is not known any more.
 */
function openingOf(events: Events, reader: Reader, after: number | undefined): Uint8Array {
  const head = `retry: ${retryMs}\nid: ${events.last()}\n`;
  if (after === undefined) return encode(`${head}\n`);
  const missed = events.since(after);
  if (missed === undefined) return encode(`${head}event: reset\ndata: {}\n\n`);
  const frames = missed.filter(({ event }) => reader.mayRead(event)).map(({ frame }) => frame);
  // The number last, not first: a stream that breaks in between is resumed where it broke.
  return Buffer.concat([
    encode(`retry: ${retryMs}\n\n`),
    ...frames,
    encode(`id: ${events.last()}\n\n`),
  ]);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
