import { z } from "zod";
import { makeAccountsBed } from "../../packages/server/test/support/accounts-bed.ts";
import { printType, Shape } from "./api-type.ts";

const Parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: Shape,
});
type Parameter = z.infer<typeof Parameter>;

const Content = z.record(z.string(), z.object({ schema: Shape.optional() }));
type Content = z.infer<typeof Content>;

const Operation = z.object({
  "x-permission": z.string(),
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(Parameter).optional(),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(
    z.string(),
    z.object({ description: z.string(), content: Content.optional() }),
  ),
});
type Operation = z.infer<typeof Operation>;

const methods = ["get", "post", "put", "patch", "delete"] as const;
const Description = z.object({
  paths: z.record(z.string(), z.partialRecord(z.enum(methods), Operation)),
});

const intro = `# The API

Made from the server's own description of its API by \`node scripts/generate-reference.ts\`; do not edit. A running server gives that
description, as OpenAPI 3.1, at \`/api/v1/openapi.json\`.

- A request brings \`Authorization: Bearer TOKEN\`; \`hop3 tokens create\` makes a token ([accounts](../guides/accounts.md#tokens)). On
  the machine itself the server's Unix socket needs none.
- Bodies are JSON unless something else is said. An unknown key is an error.
- A failure is \`application/problem+json\` with \`code\`, \`title\`, \`hint\` and, where there is one, \`place\`: [errors](errors.md).
- What a route needs is a permission of [a role](../guides/accounts.md#roles). \`anyone\` is whoever is signed in, \`account\` a user
  about themselves, \`open\` everybody.
- Streams are Server-Sent Events.
`;

/** What the routes say of themselves, without a server. */
async function describeApi(): Promise<z.infer<typeof Description>> {
  const bed = makeAccountsBed();
  try {
    const answer = await bed.local.request("/api/v1/openapi.json");
    return Description.parse(await answer.json());
  } finally {
    bed.close();
  }
}

/** The reference page: one section for each route, grouped by what it is about. */
export async function makeApiReference(): Promise<string> {
  const { paths } = await describeApi();
  const groups = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    const group = groupOf(path);
    const sections = methods.flatMap((method) => {
      const operation = operations[method];
      return operation === undefined
        ? []
        : [describeRoute(`${method.toUpperCase()} ${path}`, operation)];
    });
    groups.set(group, [...(groups.get(group) ?? []), ...sections]);
  }
  const pages = [...groups]
    .sort(([one], [other]) => one.localeCompare(other, "en"))
    .map(([group, sections]) => `## ${group}\n\n${sections.join("\n")}`);
  return [intro, ...pages].join("\n");
}

/** `/api/v1/apps/{app}/domains` is about domains, `/api/v1/apps/{app}` about apps. */
function groupOf(path: string): string {
  const [first = "", ...more] = path.split("/").slice(3);
  const [, second] = more;
  return first === "apps" && second !== undefined ? second : first;
}

function describeRoute(title: string, operation: Operation): string {
  const { summary, description, parameters = [], requestBody, responses } = operation;
  const text = [summary, description].filter((part) => part !== undefined).join(" ");
  return [
    `### ${title}\n`,
    ...(text === "" ? [] : [`${text}\n`]),
    `Needs \`${operation["x-permission"]}\`.\n`,
    ...describeParameters(parameters),
    ...describeContent("Body", requestBody?.content),
    ...Object.entries(responses)
      .filter(([status]) => status !== "default")
      .flatMap(([status, { description: what, content }]) =>
        describeContent(`Answer ${status}: ${what}`, content ?? {}),
      ),
  ].join("\n");
}

function describeParameters(parameters: readonly Parameter[]): readonly string[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ name, in: place, required, schema, description = "" }) => {
    const type = printType(schema).replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
    return `| \`${name}\` | ${place} | \`${type}\` | ${required === true ? "yes" : "no"} | ${description} |`;
  });
  return [
    "| parameter | in | type | required | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ];
}

function describeContent(label: string, content: Content | undefined): readonly string[] {
  if (content === undefined) return [];
  const entries = Object.entries(content);
  if (entries.length === 0) return [`${label}.\n`];
  return entries.flatMap(([type, { schema }]) => {
    const kind = type === "application/json" ? "" : ` (\`${type}\`)`;
    if (schema === undefined || type === "text/event-stream") return [`${label}${kind}.\n`];
    return [`${label}${kind}:\n`, `\`\`\`ts\n${printType(schema)}\n\`\`\`\n`];
  });
}
