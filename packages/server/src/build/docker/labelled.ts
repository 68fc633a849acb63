import { lexDockerfile } from "@hop3/core";

/**
 * The text of a Dockerfile with a LABEL at the start of every stage, so that all layers of a build can be told from
 * those of others. A text that only the engine understands stays as it is.
 */
export function labelStages(text: string, label: string): string {
  const after = stageEnds(text);
  const lines = text.split("\n");
  return lines
    .flatMap((line, index) => (after.has(index) ? [`LABEL ${label}`, line] : [line]))
    .concat(after.has(lines.length) ? [`LABEL ${label}`, ""] : [])
    .join("\n");
}

/** Indexes of the lines before which a stage has begun. */
function stageEnds(text: string): ReadonlySet<number> {
  const ends = new Set<number>();
  const { instructions } = lex(text);
  for (const [index, { keyword }] of instructions.entries()) {
    if (keyword !== "FROM") continue;
    const next = instructions[index + 1]?.place.line;
    ends.add(next === undefined ? text.split("\n").length : next - 1);
  }
  return ends;
}

function lex(text: string): Pick<ReturnType<typeof lexDockerfile>, "instructions"> {
  try {
    return lexDockerfile(text, "Dockerfile");
  } catch {
    return { instructions: [] };
  }
}
