import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsBed, makeAccountsBed } from "../../test/support/accounts-bed.ts";

let bed: AccountsBed;
let outside: string;

beforeAll(() => {
  outside = mkdtempSync("/tmp/hop3-docs-");
  const guides = join(outside, "docs/guides");
  mkdirSync(guides, { recursive: true });
  mkdirSync(join(outside, "page"));
  writeFileSync(join(outside, "page/index.html"), "the web page");
  writeFileSync(join(outside, "docs/index.html"), "start");
  writeFileSync(join(outside, "docs/404.html"), "no such page");
  writeFileSync(join(outside, "docs/.built"), "a hash");
  writeFileSync(join(guides, "server.html"), "server");
  writeFileSync(join(guides, "server.html.gz"), gzipSync("server"));
  writeFileSync(join(outside, "secret.txt"), "nobody knows");
  bed = makeAccountsBed({ pageDir: join(outside, "page") });
});

afterAll(() => {
  bed.close();
  rmSync(outside, { recursive: true });
});

async function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await bed.http.request(path, { headers });
}

describe("the documentation", () => {
  it("is for strangers, under the policy of the page", async () => {
    const answer = await ask("/docs/guides/server.html", { "accept-encoding": "gzip" });
    expect(answer.status).toBe(200);
    expect(gunzipSync(await answer.arrayBuffer()).toString()).toBe("server");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("begins with its index, behind a slash", async () => {
    const bare = await ask("/docs");
    expect([bare.status, bare.headers.get("location")]).toEqual([308, "/docs/"]);
    expect(await (await ask("/docs/")).text()).toBe("start");
  });

  it.each([
    "/docs/nothing.html",
    "/docs/guides/",
    "/docs/guides",
    "/docs/.built",
    "/docs/..%2fsecret.txt",
    "/docs/guides/..%2f..%2fsecret.txt",
    "/docs/guides/%2e%2e/%2e%2e/%2e%2e/secret.txt",
    "/docs//etc/passwd",
    "/docs/guides\\..\\secret.txt",
  ])("has its own page for what it does not have: %s", async (path) => {
    const answer = await ask(path);
    const text = await answer.text();
    expect(text).not.toContain("nobody knows");
    // What leads out of /docs is the web page's before any route is asked.
    expect([404, 200]).toContain(answer.status);
    expect(["no such page", "the web page"]).toContain(text);
  });

  it("does not take the web page's addresses, nor the other way round", async () => {
    expect(await (await ask("/docsite")).text()).toBe("the web page");
  });

  it("is a plain failure where nothing is built", async () => {
    const bare = makeAccountsBed({ pageDir: join(outside, "none/page") });
    const answer = await bare.http.request("/docs/");
    bare.close();
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: "ROUTE_NOT_FOUND" }),
    ]);
  });
});
