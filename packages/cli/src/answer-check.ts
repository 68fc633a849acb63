import type { z } from "zod";
import { answerNotUnderstood } from "./errors.ts";

type Schemas = typeof import("./answers.ts");

/** Name of a schema of answers.ts. */
export type AnswerName = keyof Schemas;

/** What has passed that schema. */
export type AnswerOf<Name extends AnswerName> = z.infer<Schemas[Name]>;

/** Schemas take longer to load than a server takes to answer, so this is for the time while it does. */
export function loadSchemasAhead(): void {
  // Whoever needs them waits for the same load, and gets its failure.
  loadSchemas().catch(() => {});
}

function loadSchemas(): Promise<Schemas> {
  return import("./answers.ts");
}

/** The answer as data, or a failure that names the request it is an answer to. */
export async function checkAnswer<Name extends AnswerName>(
  text: string,
  name: Name,
  request: string,
): Promise<AnswerOf<Name>> {
  const result = await tryAnswer(text, name);
  if (result.success) return result.data;
  const { z } = await import("zod");
  const because = z.prettifyError(result.error).replace(/\s*\n\s*/g, " ");
  throw answerNotUnderstood({ request, because });
}

/** The same where another shape is no surprise. */
export async function tryAnswer<Name extends AnswerName>(
  text: string,
  name: Name,
): Promise<z.ZodSafeParseResult<AnswerOf<Name>>> {
  const schemas = await loadSchemas();
  // The compiler does not see that the schema of a name is the one its type is inferred from.
  const schema = schemas[name] as unknown as z.ZodType<AnswerOf<Name>>;
  return schema.safeParse(parseJson(text));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
