import fc from "fast-check";
import { expect, it } from "vitest";
import { makeCgiReader } from "./cgi.ts";

it("reads head and body of a CGI answer, however it is cut", () => {
  const text = Buffer.from(
    "Status: 403 Forbidden\r\nContent-Type: text/plain\r\n\r\nbody\r\n\r\nmore",
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: text.length }), (size) => {
      const read = makeCgiReader();
      let body = "";
      let head: ReturnType<typeof read>;
      for (let at = 0; at < text.length; at += size) {
        const chunk = text.subarray(at, at + size);
        if (head !== undefined) body += chunk.toString();
        else {
          head = read(chunk);
          body += head?.rest.toString() ?? "";
        }
      }
      expect(head).toMatchObject({ status: 403, headers: { "content-type": "text/plain" } });
      expect(body).toBe("body\r\n\r\nmore");
    }),
  );
});

it("does not wait for ever for a head", () => {
  const read = makeCgiReader();
  expect(() => read(Buffer.alloc(20_000, "x"))).toThrow("without a head");
});
