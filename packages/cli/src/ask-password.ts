import type { Context } from "./context.ts";
import { passwordsDiffer } from "./context-errors.ts";
import { usageError } from "./errors.ts";
import { ask, readAll } from "./prompt.ts";

/** A secret, typed without being shown, or the whole of standard input where that is no terminal. */
export async function askPassword(context: Context, question: string): Promise<string> {
  if (context.stdin.isTTY === true) return await ask(context, question, { hidden: true });
  const text = (await readAll(context)).replace(/\r?\n$/, "");
  if (text !== "") return text;
  throw usageError({
    message: `standard input is empty, and it should hold what '${question.replace(/: $/, "")}' asks for`,
    hint: "Give it on standard input, or run this on a terminal",
  });
}

/** A new password, typed twice on a terminal: nobody sees what it becomes. */
export async function askNewPassword(context: Context, name: string): Promise<string> {
  const password = await askPassword(context, `New password of ${name}: `);
  const { Password } = await import("@hop3/core/api");
  const because = Password.safeParse(password).error?.issues[0]?.message;
  if (because !== undefined) {
    const hint = "Choose another; nothing was changed";
    throw usageError({ message: `the new password of ${name} ${because}`, hint });
  }
  if (context.stdin.isTTY !== true) return password;
  const again = await ask(context, "The same again: ", { hidden: true });
  if (again !== password) throw passwordsDiffer({});
  return password;
}
