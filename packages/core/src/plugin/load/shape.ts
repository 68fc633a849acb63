import { z } from "zod";
import { Tier } from "../../artifact/build-artifact.ts";
import type { Plugin } from "../plugin.ts";
import { type PartKind, partKinds } from "./part-names.ts";

const Hook = z.custom<unknown>((value) => typeof value === "function", "is not a function");
const Text = z.string("is not a text").min(1, "is empty");
const Name = z
  .string("is not a text")
  .regex(
    /^[a-z][a-z0-9-]*$/,
    "is not a name: lower case letters, digits and hyphens, a letter first",
  );
const Texts = z.array(Text, "is not a list");

function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape, "is not an object");
}

const Command: z.ZodType<Readonly<Record<string, unknown>>> = z.lazy(() =>
  part({
    name: Name,
    summary: Text,
    load: Hook.optional(),
    children: z.array(Command, "is not a list").optional(),
  }).refine(({ load, children }) => load !== undefined || children !== undefined, {
    error: "has neither load nor children",
  }),
);

const Created = part({ name: Name, create: Hook });

/** The lists of a plug-in, entry by entry. What parts have beyond this is theirs. */
const parts = {
  builders: part({ name: Name, accept: Hook, create: Hook }),
  toolchains: part({ name: Name, detect: Hook, tools: Hook, build: Hook }),
  templates: part({
    id: Name,
    title: Text,
    description: Text,
    tier: z.enum(Tier.options, `is not one of ${Tier.options.join(", ")}`),
    keys: Texts,
    required: Texts,
    detect: Hook,
    reads: Hook,
    learn: Hook.optional(),
    render: Hook,
  }),
  addons: part({
    type: Name,
    create: Hook,
    process: Hook.optional(),
    connection: Hook,
    destroy: Hook,
    backup: Hook.optional(),
    restore: Hook.optional(),
  }),
  supervisors: Created,
  routers: Created,
  commands: Command,
  checks: part({ name: Text, check: Hook }),
  converters: part({
    id: Name,
    title: Text,
    files: Texts,
    isImplicit: z.boolean("is neither true nor false"),
    convert: Hook,
  }),
} satisfies Readonly<Record<PartKind, z.ZodType>>;

function listOf(kind: PartKind) {
  const { key } = partKinds[kind];
  const entries: z.ZodType<Readonly<Record<string, unknown>>> = parts[kind];
  return z
    .array(entries, "is not a list")
    .superRefine((list, context) => {
      const seen = new Set<unknown>();
      for (const [index, entry] of list.entries()) {
        const name = entry[key];
        if (seen.has(name)) {
          context.addIssue({ code: "custom", path: [index, key], message: "is there twice" });
        }
        seen.add(name);
      }
    })
    .optional();
}

const Shape = z.strictObject(
  {
    name: Name,
    builders: listOf("builders"),
    toolchains: listOf("toolchains"),
    templates: listOf("templates"),
    addons: listOf("addons"),
    supervisors: listOf("supervisors"),
    routers: listOf("routers"),
    commands: listOf("commands"),
    checks: listOf("checks"),
    converters: listOf("converters"),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `has ${issue.keys.join(", ")}, which is nothing that a plug-in adds`
        : "is not an object",
  },
);

/** A module's default export as the plug-in that it is, or what is wrong with it, by its path. */
export function checkShape(value: unknown): { plugin: Plugin } | { fault: string } {
  if (value === undefined) return { fault: "it has no default export" };
  const [issue] = Shape.safeParse(value).error?.issues ?? [];
  // The value itself and not what the schema made of it: parts may be instances of classes.
  if (issue === undefined) return { plugin: value as Plugin };
  return { fault: `${formatPath(issue.path)} ${issue.message}` };
}

/** `toolchains[0].detect`, as one would write it in the module. */
function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the default export";
  const words = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return words.join("").replace(/^\./, "");
}
