import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followLogs, readLogs } from "./logs.ts";

const stamp = "2026-11-23 06:56:09.655928585";
const line = (text: string): string => `${stamp}  ${text}\n`;

describe("logs", () => {
  let dir: string;
  let log: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "h3-log-"));
    log = join(dir, "log", "main");
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("has no lines where nothing was ever written", async () => {
    expect(await readLogs(dir, { lines: 10 })).toEqual([]);
  });

  it("reads the last lines across rotated files, with their times", async () => {
    await mkdir(log, { recursive: true });
    await writeFile(join(log, "@400000006b03e6a81ab1942e.s"), line("1") + line("2"));
    await writeFile(join(log, "@400000006b03e6a81f1264d0.s"), line("3"));
    await writeFile(join(log, "current"), line("") + line("  5 "));
    const records = await readLogs(dir, { lines: 4 });
    expect(records.map(({ text }) => text)).toEqual(["2", "3", "", "  5 "]);
    expect(records[0]?.time).toBe("2026-11-23T06:56:09.655928585Z");
    expect(await readLogs(dir, { lines: 0 })).toEqual([]);
  });

  it("follows across rotations without loss and without telling twice", async () => {
    const stop = new AbortController();
    const wanted = Array.from({ length: 60 }, (_, index) => `line ${index} ä`);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const record of followLogs(dir, stop.signal, { lines: 5 })) {
        seen.push(record.text);
        if (seen.length === wanted.length) stop.abort();
      }
    })();
    await mkdir(log, { recursive: true });
    await writeFile(join(log, "current"), "");
    for (const [index, text] of wanted.entries()) {
      // A line may arrive in two halves.
      const bytes = Buffer.from(line(text));
      await appendFile(join(log, "current"), bytes.subarray(0, bytes.length - 2));
      if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 130));
      await appendFile(join(log, "current"), bytes.subarray(bytes.length - 2));
      if (index % 7 !== 6) continue;
      await rename(
        join(log, "current"),
        join(log, `@400000006b03e6a8${String(index).padStart(8, "0")}.s`),
      );
      await writeFile(join(log, "current"), "");
    }
    await reading;
    expect(seen).toEqual(wanted);
  });

  it("begins with the last lines", async () => {
    await mkdir(log, { recursive: true });
    await writeFile(join(log, "current"), line("1") + line("2") + line("3"));
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { text } of followLogs(dir, stop.signal, { lines: 2 })) {
      seen.push(text);
      if (text === "3") await appendFile(join(log, "current"), line("4"));
      if (text === "4") stop.abort();
    }
    expect(seen).toEqual(["2", "3", "4"]);
  });
});
