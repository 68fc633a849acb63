export type LogLevel = "info" | "warning" | "error";

/** Structured lines about the platform itself; never values of configuration. */
export interface Log {
  write(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** JSON lines to a stream: what a journal or a log collector reads. */
export function makeJsonLog(stream: NodeJS.WritableStream, now: () => Date): Log {
  return {
    write(level, event, fields = {}) {
      const { error, ...rest } = fields;
      const shown =
        error instanceof Error ? { ...rest, error: error.message, stack: error.stack } : fields;
      stream.write(`${JSON.stringify({ at: now().toISOString(), level, event, ...shown })}\n`);
    },
  };
}
