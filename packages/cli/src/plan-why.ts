import type { BuilderAnswer, Plan } from "@hop3/core";
import { type Block, fields, line, type Rows, type Span, table } from "./blocks.ts";

const yes: Span = { text: "yes", tone: "good" };
const no: Span = { text: "no", tone: "dim" };

/** Every answer in the order of asking, what each was made of, and what decided. */
export function whyBlocks(made: Plan): Block[] {
  return [
    line(""),
    line({ text: "Why", tone: "bold" }),
    table(
      [],
      made.answers.flatMap((answer) => answerRows(answer, made.builder)),
    ),
    line(""),
    fields([["decided by", made.decided]]),
  ];
}

function answerRows(answer: BuilderAnswer, chosen: string): Rows {
  const { builder, accepted, reason, considered } = answer;
  const name: Span = { text: `  ${builder}`, tone: builder === chosen ? "bold" : "dim" };
  return [
    [name, accepted ? yes : no, reason],
    ...considered.map((item): readonly Span[] => [
      `    ${item.name}`,
      item.fits ? { text: "fits", tone: "good" } : no,
      item.fits ? item.reason : { text: item.reason, tone: "dim" },
    ]),
  ];
}
