import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeReader, pagesToFollow, type Reader } from "./reader.ts";

let reader: Reader | undefined;
const own = pagesToFollow(/^(?!languages\/)/);

beforeAll(async () => {
  reader = await makeReader(own);
});

afterAll(() => reader?.close());

describe("the commands of a page", () => {
  it.each(own)("do what it says: %s", async (page) => {
    expect((await reader?.follow(page))?.join("\n\n")).toBe("");
  });
});
