import type { Problem } from "@hop3/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsBed, makeAccountsBed } from "../../test/support/accounts-bed.ts";

let bed: AccountsBed;

beforeAll(() => {
  bed = makeAccountsBed();
});

afterAll(() => bed.close());

async function install(secret: string, app: string): Promise<string> {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const body = JSON.stringify({ app });
  const request = { method: "POST", headers, body };
  const answer = await bed.http.request("/api/v1/catalogue/webdav/install", request);
  return ((await answer.json()) as Problem).code;
}

it("an installation needs the right to deploy the app that the body names", async () => {
  expect(await install(bed.token({ role: "viewer" }), "drive")).toBe("NOT_ALLOWED");
  const developer = bed.token({ role: "developer", app: "shop" });
  expect(await install(developer, "drive")).toBe("NOT_ALLOWED");
  expect(await install(developer, "shop")).not.toBe("NOT_ALLOWED");
  const narrow = [{ allow: "app.deploy", app: "shop" } as const];
  expect(await install(bed.token({ role: "developer" }, narrow), "shop")).toBe("SCOPE_MISSING");
  const entries = bed.accounts.audit.find({ limit: 10 });
  expect(JSON.stringify(entries)).toContain("catalogue.install");
});
