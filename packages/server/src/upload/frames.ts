import { decodeUploadHeader, type UploadFrame, uploadHeaderBytes } from "@hop3/core/node";

/** Takes the bytes of one frame. */
export interface FrameSink {
  write(chunk: Uint8Array): void;
  /** All of the frame has come. */
  end(): Promise<void>;
  /** The stream has broken off in the middle. */
  cut(): void;
}

/** Takes a stream of frames apart, however it was cut into chunks. False where it ends in the middle of a frame. */
export async function readFrames(
  source: AsyncIterable<Uint8Array>,
  begin: (frame: UploadFrame) => Promise<FrameSink>,
): Promise<boolean> {
  const header = Buffer.alloc(uploadHeaderBytes);
  let filled = 0;
  let left = 0;
  let sink: FrameSink | undefined;
  const takeHeader = async (chunk: Uint8Array): Promise<number> => {
    const taken = chunk.subarray(0, uploadHeaderBytes - filled);
    header.set(taken, filled);
    filled += taken.length;
    if (filled === uploadHeaderBytes) {
      const frame = decodeUploadHeader(header);
      sink = await begin(frame);
      left = frame.length;
      filled = 0;
    }
    return taken.length;
  };
  const takeBytes = (to: FrameSink, chunk: Uint8Array): number => {
    const taken = chunk.subarray(0, left);
    if (taken.length > 0) to.write(taken);
    left -= taken.length;
    return taken.length;
  };
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        const rest = chunk.subarray(at);
        at += sink === undefined ? await takeHeader(rest) : takeBytes(sink, rest);
        if (sink === undefined || left > 0) continue;
        const ended: FrameSink = sink;
        sink = undefined;
        await ended.end();
      }
    }
    return sink === undefined && filled === 0;
  } finally {
    sink?.cut();
  }
}
