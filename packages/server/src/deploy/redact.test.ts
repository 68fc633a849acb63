import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "./redact.ts";

describe("redact", () => {
  it("leaves no secret in any text", () => {
    const secret = fc
      .string({ minLength: 6, maxLength: 40 })
      .filter((text) => text.trim().length >= 6);
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 5 }), fc.string(), (secrets, text) => {
        const said = `${text}${secrets.join(text)}${text}`;
        const shown = redact(secrets)(said).replaceAll("[hidden]", "\u0000");
        for (const one of secrets) expect(shown).not.toContain(one);
      }),
    );
  });

  it.each([
    ["nothing to hide", [], "nothing to hide"],
    ["key=abcdef123", ["abcdef123"], "key=[hidden]"],
    ["abcdef and abcdefghi", ["abcdef", "abcdefghi"], "[hidden] and [hidden]"],
    ["-----BEGIN\nline two of it", ["-----BEGIN\nline two of it\n"], "[hidden]\n[hidden]"],
    ["production is true, 1 of 5", ["true", "1", "prod"], "production is true, 1 of 5"],
  ])("%j without %j is %j", (text, secrets, shown) => {
    expect(redact(secrets)(text)).toBe(shown);
  });
});
