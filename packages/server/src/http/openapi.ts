import { OpenAPIHono, z } from "@hono/zod-openapi";
import { Problem } from "@hop3/core";
import { requestInvalid } from "./errors.ts";

/** One JSON answer of a route's declaration. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { content: { "application/json": { schema } }, description };
}

export function jsonBody<T extends z.ZodType>(schema: T) {
  return { content: { "application/json": { schema } }, required: true };
}

/** What every route can answer besides its own. */
export const problems = {
  default: {
    content: { "application/problem+json": { schema: Problem } },
    description: "Problem details: code, message, hint",
  },
};

/** Whose name stands in the path. */
export const AppParams = z.object({ app: z.string().openapi({ description: "Name of the app" }) });
export const Flag = z
  .enum(["true", "false"])
  .optional()
  .transform((text) => text === "true");
export const Count = z.coerce.number().int().positive().max(100_000).optional();

/** A router whose validation failures become our own errors. */
export function makeRoutes(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook(result) {
      if (result.success) return;
      const reason = result.error.issues
        .map((issue) => `${[result.target, ...issue.path.map(String)].join(".")}: ${issue.message}`)
        .join("; ");
      throw requestInvalid({ reason });
    },
  });
}
