import { z } from "zod";

/** The part of JSON Schema that the page shows. */
export const Shape = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.json()).optional(),
  const: z.json().optional(),
  required: z.array(z.string()).optional(),
  get anyOf() {
    return z.array(Shape).optional();
  },
  get oneOf() {
    return z.array(Shape).optional();
  },
  get allOf() {
    return z.array(Shape).optional();
  },
  get items() {
    return Shape.optional();
  },
  get properties() {
    return z.record(z.string(), Shape).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), Shape]).optional();
  },
});
export type Shape = z.infer<typeof Shape>;

/** A schema as a type of TypeScript, which is shorter and which many read. */
export function printType(shape: Shape, indent = ""): string {
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum !== undefined) return shape.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined) return joinTypes(choices, " | ", indent);
  if (shape.allOf !== undefined) return joinTypes(shape.allOf, " & ", indent);
  if (Array.isArray(shape.type)) {
    return shape.type.map((type) => printType({ ...shape, type }, indent)).join(" | ");
  }
  if (shape.type === "array") return printArray(shape, indent);
  if (shape.type === "object") return printObject(shape, indent);
  return scalars[shape.type ?? ""] ?? shape.type ?? "unknown";
}

const scalars: Readonly<Record<string, string>> = { integer: "number" };

function joinTypes(shapes: readonly Shape[], by: string, indent: string): string {
  return shapes.map((shape) => printType(shape, indent)).join(by);
}

function printArray({ items }: Shape, indent: string): string {
  const item = items === undefined ? "unknown" : printType(items, indent);
  return /[ |&]/.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function printObject(shape: Shape, indent: string): string {
  const required = new Set(shape.required ?? []);
  const inner = `${indent}  `;
  const lines = Object.entries(shape.properties ?? {}).map(([name, value]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${inner}${key}${required.has(name) ? "" : "?"}: ${printType(value, inner)};`;
  });
  const { additionalProperties: more } = shape;
  if (typeof more === "object") lines.push(`${inner}[name: string]: ${printType(more, inner)};`);
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}
