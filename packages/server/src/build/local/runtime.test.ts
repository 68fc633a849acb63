import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requirePrograms } from "./runtime.ts";

let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "hop3-programs-"));
  writeFileSync(join(dir, "there"), "");
});

afterAll(() => rmSync(dir, { recursive: true }));

function check(command: Command): Promise<void> {
  return requirePrograms({ workers: { web: { command } }, path_prepend: [dir], working_dir: dir });
}

describe("the program of a worker", () => {
  it.each<Command>([
    "there --port 1",
    ["there", "with two words"],
    "./there",
    "read -r name < /proc/sys/kernel/hostname; there",
    "set -e; there",
    "until there; do sleep 1; done",
    "wait",
    "PORT=1 there",
    "$PROGRAM",
    "( there )",
  ])("may be %j", async (command) => {
    await expect(check(command)).resolves.toBeUndefined();
  });

  it.each<Command>(["missing --port 1", ["read"], "./missing"])(
    "cannot be %j: the failure lists what there is",
    async (command) => {
      await expect(check(command)).rejects.toMatchObject({
        failure: {
          code: "LOCAL_COMMAND_NOT_FOUND",
          message: expect.stringContaining("the worker web"),
          hint: expect.stringContaining("there"),
        },
      });
    },
  );
});
