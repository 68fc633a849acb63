import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handled, sendProblem } from "../test/api-server.ts";
import { call, typed } from "../test/call.ts";
import { useApiServer } from "../test/use-api-server.ts";

let dir = "";

const cache = {
  name: "cache",
  type: "redis",
  version: "7",
  state: "up",
  declared: true,
  variables: ["REDIS_URL"],
  diskBytes: 12_288,
  createdAt: "2026-11-23T06:00:00.000Z",
};
const old = { ...cache, name: "old", version: undefined, state: "unready", declared: false };

const api = useApiServer(() => ({
  "GET /apps/shop/addons": () => ({
    addons: [cache, { ...old, variables: [], diskBytes: undefined }],
  }),
  "GET /apps/plain/addons": () => ({ addons: [] }),
  "POST /apps/shop/addons/cache/backup": ({ response }) => {
    response.end("all of it");
    return handled;
  },
  "POST /apps/shop/addons/cache/restore": () => undefined,
  "DELETE /apps/shop/addons/cache": () => undefined,
}));

afterEach(() => rmSync(dir, { recursive: true }));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hop3-addons-"));
});

function addons(line: string, more: Parameters<typeof call>[1] = {}) {
  return call(["addons", ...line.split(" ")], { home: api.home, cwd: dir, ...more });
}

describe("hop3 addons", () => {
  it("lists them", async () => {
    const { stdout, stderr, exitCode } = await addons("shop");
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    await expect(stdout).toMatchFileSnapshot("../test/golden/addons-shop.golden");
    expect((await addons("plain")).stdout).toBe(
      "plain has no addons. A deploy makes those that hop3.toml declares with [[addons]]\n",
    );
  });

  it("writes a backup, whole or not at all", async () => {
    const { stdout } = await addons("backup shop cache a.rdb");
    expect(stdout).toContain("Wrote the addon cache of shop into a.rdb (9 B)");
    expect(readFileSync(join(dir, "a.rdb"), "utf8")).toBe("all of it");
    api.routes["POST /apps/shop/addons/cache/backup"] = ({ response }) => {
      response.write("half of it", () => response.destroy());
      return handled;
    };
    expect((await addons("backup shop cache a.rdb")).exitCode).not.toBe(0);
    const detail = "there is none";
    api.routes["POST /apps/shop/addons/cache/backup"] = ({ response }) =>
      sendProblem(response, { code: "ADDON_WITHOUT_BACKUP", status: 422, exitCode: 9, detail });
    expect(await addons("backup shop cache b.rdb")).toMatchObject({ exitCode: 9 });
    expect(readdirSync(dir)).toEqual(["a.rdb"]);
    expect(readFileSync(join(dir, "a.rdb"), "utf8")).toBe("all of it");
  });

  it("sends a backup back", async () => {
    const missing = await addons("restore shop cache none.rdb");
    expect(missing.stderr).toContain("there is no file none.rdb");
    writeFileSync(join(dir, "a.rdb"), "all of it");
    const { stdout } = await addons("restore shop cache a.rdb");
    expect(stdout).toBe("The addon cache of shop holds what a.rdb held\n");
    expect(api.calls.at(-1)?.body.toString()).toBe("all of it");
    expect(api.calls.at(-1)?.headers["content-type"]).toBe("application/octet-stream");
  });

  it.each([
    ["destroy shop cache --yes", {}, 0],
    ["destroy shop cache", { stdin: typed("cache\n", true), terminal: true }, 0],
    ["destroy shop cache", { stdin: typed("shop\n", true), terminal: true }, 2],
    ["destroy shop cache", {}, 2],
    ["destroy shop cache --json", { stdin: typed("cache\n", true), terminal: true }, 2],
  ])("%s ends as it was answered", async (line, more, exitCode) => {
    const result = await addons(line, more);
    expect(result.exitCode).toBe(exitCode);
    expect(api.calls.map(({ method }) => method)).toEqual(exitCode === 0 ? ["DELETE"] : []);
    if (exitCode === 0) return;
    const said = `${result.stdout}${result.stderr}`;
    expect(said).toContain("hop3 addons destroy shop cache --yes");
  });
});
