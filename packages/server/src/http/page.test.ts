import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountsBed, makeAccountsBed } from "../../test/support/accounts-bed.ts";

const index = "<!doctype html><title>Hop3</title>";
const script = "export const page = 1;";

let bed: AccountsBed;
let outside: string;

beforeAll(() => {
  outside = mkdtempSync("/tmp/hop3-page-");
  const dir = join(outside, "page");
  mkdirSync(join(dir, "assets"), { recursive: true });
  const files = { "index.html": index, "icon.svg": "<svg/>", "assets/index-AbC1.js": script };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(dir, name), text);
    writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(dir, `${name}.gz`), gzipSync(text));
  }
  writeFileSync(join(dir, "assets/plain-1.css"), "a{}");
  writeFileSync(join(dir, ".built"), "a hash");
  writeFileSync(join(outside, "secret.txt"), "nobody knows");
  bed = makeAccountsBed({ pageDir: dir });
});

afterAll(() => {
  bed.close();
  rmSync(outside, { recursive: true });
});

async function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await bed.http.request(path, { headers });
}

describe("the page", () => {
  it.each([
    "/",
    "/apps/shop/logs",
    "/apps/shop.example",
    "/welcome",
    "/apixyz",
    "/nothing.of.this",
  ])("is what strangers get at %s", async (path) => {
    const answer = await ask(path);
    expect([answer.status, await answer.text()]).toEqual([200, index]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
  });

  it.each(["/", "/assets/index-AbC1.js"])("runs nothing but its own files: %s", async (path) => {
    const { headers } = await ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toContain("default-src 'self'");
    expect(policy.split("; ")).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:|http/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });

  it("is not asked for again while it is the same", async () => {
    const first = await ask("/");
    const etag = first.headers.get("etag") ?? "";
    const second = await ask("/", { "if-none-match": etag });
    expect([second.status, await second.text()]).toEqual([304, ""]);
  });

  it("is no answer to what changes something", async () => {
    const answer = await bed.http.request("/apps/shop", { method: "POST" });
    expect(answer.status).toBe(401);
  });
});

describe("files of the page", () => {
  it("come as they were compressed when it was built, where the browser takes that", async () => {
    const decode = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const [encoding, decompress] of Object.entries(decode)) {
      const answer = await ask("/assets/index-AbC1.js", { "accept-encoding": `${encoding}, x` });
      const body = Buffer.from(await answer.arrayBuffer());
      expect(answer.headers.get("content-encoding")).toBe(encoding);
      expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
      expect(decompress(body).toString()).toBe(script);
    }
    const refused = await ask("/assets/index-AbC1.js", { "accept-encoding": "br;q=0, *" });
    expect([refused.headers.get("content-encoding"), await refused.text()]).toEqual([null, script]);
    const plain = await ask("/assets/plain-1.css", { "accept-encoding": "br, gzip" });
    expect([plain.headers.get("content-encoding"), await plain.text()]).toEqual([null, "a{}"]);
  });

  it("are kept for ever where their name says what is in them", async () => {
    const asset = await ask("/assets/index-AbC1.js");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await ask("/icon.svg")).headers.get("cache-control")).toBe("no-cache");
  });

  it.each([
    "/assets/index-Other.js",
    "/assets/",
    "/assets/..%2f.built",
    "/assets/%2e%2e%2fsecret.txt",
    "/assets/..%5csecret.txt",
    "/assets/index-AbC1.js%00.css",
    "/assets/index-AbC1.js/x",
  ])("are none but those that are there: %s", async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain("nobody knows");
  });

  it.each(["/.built", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "//etc/passwd"])(
    "do not include what lies around them: %s",
    async (path) => expect(await (await ask(path)).text()).toBe(index),
  );
});

describe("the API beside it", () => {
  it.each(["/api", "/api/", "/api/v1/nothing", "/api/v2/apps", "/api/v1/apps/shop"])(
    "tells strangers nothing at %s",
    async (path) => {
      const answer = await ask(path, { accept: "text/html" });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it("says what it does not have to whoever may know", async () => {
    const authorization = `Bearer ${bed.token({ role: "viewer" })}`;
    const answer = await ask("/api/v1/nothing", { authorization });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: "ROUTE_NOT_FOUND" }),
    ]);
  });

  it("works where no page is built", async () => {
    const bare = makeAccountsBed({ pageDir: join(outside, "none") });
    const answer = await bare.http.request("/");
    const authorization = `Bearer ${bare.token({ role: "viewer" })}`;
    const apps = await bare.http.request("/api/v1/openapi.json", { headers: { authorization } });
    bare.close();
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ code: "PAGE_MISSING" }),
    ]);
    expect(apps.status).toBe(200);
  });
});
