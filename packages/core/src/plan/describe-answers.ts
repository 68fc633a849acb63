import type { BuilderAnswer } from "./plan.ts";

/** Every answer and what it was made of, a line each, in columns: evidence below an error. */
export function describeAnswers(answers: readonly BuilderAnswer[]): readonly string[] {
  const rows = answers.flatMap(({ builder, accepted, reason, considered }) => [
    { name: builder, answer: accepted ? "yes" : "no", reason },
    ...considered.map((item) => ({
      name: `  ${item.name}`,
      answer: item.fits ? "fits" : "no",
      reason: item.reason,
    })),
  ]);
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, answer, reason }) =>
    [name.padEnd(width), answer.padEnd(4), reason].join("  "),
  );
}
