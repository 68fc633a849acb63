import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeTemplatesReference } from "./templates-reference.ts";

it("docs/reference/templates.md is what node scripts/generate-reference.ts writes", () => {
  const file = join(import.meta.dirname, "../../docs/reference/templates.md");
  expect(readFileSync(file, "utf8")).toBe(makeTemplatesReference());
});
