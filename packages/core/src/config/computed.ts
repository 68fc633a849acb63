import { defineError, ExitCode } from "../errors.ts";

export const envComputed = defineError<{ name: string; reason: string }>({
  code: "ENV_COMPUTED",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ name, reason }) => `[env.computed] ${name} ${reason}`,
  hint: ({ name }) =>
    `Set what it needs in [env] or with hop3 config set, or take ${name} out; a plain dollar sign is written $$`,
  place: () => ({ file: "hop3.toml" }),
});

const reference = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The values of `[env.computed]`: `${NAME}` is a variable or another computed one, `$$` a dollar sign. */
export function expandComputed(
  computed: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const done: Record<string, string> = {};
  for (const name of Object.keys(computed)) expand({ computed, values, done }, name, []);
  return done;
}

interface Expansion {
  readonly computed: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  readonly done: Record<string, string>;
}

function expand(state: Expansion, name: string, outer: readonly string[]): string {
  const known = state.done[name];
  if (known !== undefined) return known;
  if (outer.includes(name)) {
    throw envComputed({ name, reason: `needs itself (${[...outer, name].join(" -> ")})` });
  }
  const text = state.computed[name] ?? "";
  const value = text.replace(reference, (all, wanted: string | undefined) => {
    if (wanted === undefined) return all === "$$" ? "$" : all;
    if (Object.hasOwn(state.computed, wanted)) return expand(state, wanted, [...outer, name]);
    const found = state.values[wanted];
    if (found === undefined)
      throw envComputed({ name, reason: `needs ${wanted}, which is not set` });
    return found;
  });
  state.done[name] = value;
  return value;
}
