/** How long a sender may be silent before it counts as gone: a dead line does not say so. */
export const silentMs = 2_000;

/** Requests that bring contents, by upload, with the time of the last that each has brought. */
const streams = new Map<string, Set<{ heardAt: number }>>();

/** The same bytes; as long as they come the upload counts as being received. */
export async function* countedIn(
  upload: string,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stream = { heardAt: performance.now() };
  const all = streams.get(upload) ?? new Set();
  streams.set(upload, all.add(stream));
  try {
    for await (const chunk of source) {
      stream.heardAt = performance.now();
      yield chunk;
    }
  } finally {
    all.delete(stream);
    if (all.size === 0) streams.delete(upload);
  }
}

/** How many requests bring contents of this upload just now. */
export function countStreams(upload: string): number {
  const since = performance.now() - silentMs;
  return [...(streams.get(upload) ?? [])].filter(({ heardAt }) => heardAt > since).length;
}
