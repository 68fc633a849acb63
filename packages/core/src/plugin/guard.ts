import { Hop3Error } from "../errors.ts";
import type { Answer, CommandSpec } from "./command.ts";
import type { Plugin } from "./plugin.ts";
import { pluginFailed } from "./plugin-errors.ts";

/** Which part of which plug-in is called, for the failure's text. */
interface Label {
  readonly plugin: string;
  readonly kind: string;
  /** `toolchain 'perl'` */
  readonly part: string;
}

/**
 * The same plug-in with every hook guarded: whatever one throws comes out as PLUGIN_FAILED with the
 * plug-in's name, and where a Plan or `hop3 doctor` asks for an answer, as the answer no or a problem.
 */
export function guardPlugin(plugin: Plugin): Plugin {
  const { name } = plugin;
  const label = (kind: string, part: string): Label => ({
    plugin: name,
    kind,
    part: `${kind} '${part}'`,
  });
  const creating = <Made extends object, Part extends { readonly name: string }>(
    kind: string,
    part: Part & { create(...args: never[]): Made },
  ): Part => {
    const own = label(kind, part.name);
    const create = (...args: never[]) => guardMethods(part.create(...args), own);
    return guardMethods({ ...withMethods(part), create }, own);
  };
  return {
    name,
    builders: (plugin.builders ?? []).map((part) => creating("builder", part)),
    supervisors: (plugin.supervisors ?? []).map((part) => creating("supervisor", part)),
    routers: (plugin.routers ?? []).map((part) => creating("router", part)),
    toolchains: (plugin.toolchains ?? []).map((part) =>
      guardMethods(part, label("toolchain", part.name)),
    ),
    templates: (plugin.templates ?? []).map((part) =>
      guardMethods(part, label("template", part.id)),
    ),
    converters: (plugin.converters ?? []).map((part) =>
      guardMethods(part, label("converter", part.id)),
    ),
    addons: (plugin.addons ?? []).map((part) => guardMethods(part, label("addon", part.type))),
    checks: (plugin.checks ?? []).map((part) => guardMethods(part, label("check", part.name))),
    commands: (plugin.commands ?? []).map((part) => guardCommand(part, name)),
  };
}

function guardCommand(spec: CommandSpec, plugin: string): CommandSpec {
  const own = { plugin, kind: "command", part: `command '${spec.name}'` };
  const { load, children } = spec;
  return {
    ...spec,
    ...(children === undefined
      ? {}
      : { children: children.map((child) => guardCommand(child, plugin)) }),
    ...(load === undefined
      ? {}
      : {
          load: async () => {
            const handler = await guardCall(own, "load", load);
            return (input, context) =>
              guardCall(own, "run", async () => requireAnswer(await handler(input, context)));
          },
        }),
  };
}

/** Whoever prints it reads both without asking. */
function requireAnswer(answer: Answer): Answer {
  if (Array.isArray(answer?.blocks) && "json" in answer) return answer;
  throw new Error("it gave no answer with json and blocks");
}

/** A copy whose methods are guarded; what is no function stays. */
function guardMethods<Part extends object>(part: Part, label: Label): Part {
  const guarded = Object.entries(withMethods(part)).map(([key, value]) => {
    if (typeof value !== "function") return [key, value];
    return [key, (...args: unknown[]) => guardCall(label, key, () => value.apply(part, args))];
  });
  return Object.fromEntries(guarded);
}

/** Own properties, and the methods of the class where it is an instance of one. */
function withMethods<Part extends object>(part: Part): Part {
  const methods: Record<string, unknown> = {};
  let prototype: object | null = Object.getPrototypeOf(part);
  while (prototype !== null && prototype !== Object.prototype) {
    for (const key of Object.getOwnPropertyNames(prototype)) {
      if (key !== "constructor") methods[key] ??= Reflect.get(part, key);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return { ...methods, ...part };
}

function guardCall<Result>(label: Label, hook: string, call: () => Result): Result {
  try {
    const result = call();
    if (result instanceof Promise) {
      return result.catch((error: unknown) => answerFor(label, hook, error)) as Result;
    }
    return checkAnswer(label, hook, result);
  } catch (error) {
    return answerFor(label, hook, error) as Result;
  }
}

/** What a hook that only answers a question answers where it fails. */
const answers: Readonly<Record<string, (reason: string) => object>> = {
  "builder.accept": (reason) => ({ accepted: false, reason }),
  "toolchain.detect": (reason) => ({ fits: false, reason }),
  "template.detect": (reason) => ({ fits: false, reason }),
  "check.check": (message) => ({ state: "problem", message }),
};

function answerFor(label: Label, hook: string, error: unknown): object {
  const failure = asFailure(label, hook, error);
  const answer = answers[`${label.kind}.${hook}`];
  if (answer === undefined) throw failure;
  return answer(failure.message);
}

/** A plug-in may word its own failures with `defineError`; anything else is a mistake in it. */
function asFailure({ plugin, part }: Label, hook: string, error: unknown): Hop3Error {
  if (error instanceof Hop3Error) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return pluginFailed({ plugin, part, hook, reason }, { cause: error });
}

/** Code of the Plan reads `reason` of every answer. */
function checkAnswer<Result>(label: Label, hook: string, result: Result): Result {
  if (answers[`${label.kind}.${hook}`] === undefined) return result;
  const isAnswer =
    typeof result === "object" &&
    result !== null &&
    "reason" in result &&
    typeof result.reason === "string";
  if (isAnswer) return result;
  return answerFor(label, hook, new Error("it gave no answer with a reason")) as Result;
}
