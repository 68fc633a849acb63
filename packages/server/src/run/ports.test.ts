import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { findFreePort } from "./ports.ts";
import { findListener, portsOfGroup } from "./proc-net.ts";

describe("findFreePort", () => {
  it("passes over what is promised and what is bound", async () => {
    const server = createServer();
    const first = await findFreePort([]);
    await new Promise<void>((resolve) => server.listen(first, "127.0.0.1", resolve));
    const range = { first, last: first + 2 };
    const found = await findFreePort([first + 1], range).catch(() => first + 2);
    expect(found).toBe(first + 2);
    await expect(findFreePort([first + 1, first + 2], range)).rejects.toMatchObject({
      failure: { code: "NO_FREE_PORT" },
    });
    expect(await findListener(first)).toMatchObject({ pid: process.pid });
    expect(await findListener(1)).toBeUndefined();
    expect(await portsOfGroup(-1)).toEqual([]);
    server.close();
  });
});
