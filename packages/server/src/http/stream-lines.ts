import type { Context } from "hono";
import { stream } from "hono/streaming";
import { toFailure } from "../deploy/errors.ts";

/** Answers with lines of JSON while work goes on: `log` lines, then `end` with its result, or `failure`. */
export function streamLines(
  c: Context,
  work: (onLine: (text: string) => void) => Promise<object>,
): Response {
  c.header("content-type", "application/x-ndjson");
  return stream(c, async (out) => {
    let writing: Promise<unknown> = Promise.resolve();
    const send = (line: object): void => {
      writing = writing.then(() => out.write(`${JSON.stringify(line)}\n`));
    };
    try {
      send({ type: "end", ...(await work((text) => send({ type: "log", text }))) });
    } catch (error) {
      send({ type: "failure", failure: toFailure(error) });
    }
    await writing;
  });
}
