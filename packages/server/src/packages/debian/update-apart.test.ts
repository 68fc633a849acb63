import { mkdtemp, rm } from "node:fs/promises";
import { afterEach, expect, it } from "vitest";
import { updateApart } from "./update-apart.ts";

const { PATH } = process.env;

afterEach(() => {
  process.env["PATH"] = PATH;
});

it("fails as the update in its process failed", async () => {
  const home = await mkdtemp("/tmp/hop3-apart-");
  process.env["PATH"] = "/nowhere";
  const update = updateApart(home, () => {});
  await expect(update).rejects.toMatchObject({
    name: "Hop3Error",
    code: "PACKAGES_HOST_UNSUPPORTED",
    failure: { status: 409, hint: expect.stringContaining("Debian") },
  });
  await rm(home, { recursive: true });
});
