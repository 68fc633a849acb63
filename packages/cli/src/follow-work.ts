import type { FailureData } from "@hop3/core";
import { answerNotUnderstood, fromFailure } from "./errors.ts";

/** What the server says while it works for one request: lines, then the result or the failure. */
type WorkLine =
  | { readonly type: "log"; readonly text: string }
  | { readonly type: "failure"; readonly failure: FailureData }
  | { readonly type: "end" };

type EndOf<Line> = Extract<Line, { readonly type: "end" }>;

/** Shows the lines as they come and returns the end; a failure is thrown as the server worded it. */
export async function followWork<Line extends WorkLine>(
  lines: AsyncIterable<Line>,
  request: string,
  show: (text: string) => void,
): Promise<EndOf<Line>> {
  for await (const each of lines) {
    if (isEnd(each)) return each;
    if (each.type === "log") show(each.text);
    if (each.type === "failure") throw fromFailure(each.failure);
  }
  throw answerNotUnderstood({ request, because: "it has no end" });
}

function isEnd<Line extends WorkLine>(each: Line): each is EndOf<Line> {
  return each.type === "end";
}
