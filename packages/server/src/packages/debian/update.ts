import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagesNoIndex } from "../errors.ts";
import { copyFirst, readIndex, readIndexTargets, readPlatform, unpackPackage } from "./apt.ts";
import { type DebianPin, writeLock } from "./lock.ts";
import { PackageTable, resolveAll } from "./resolve.ts";
import { findSources, writeSources } from "./sources.ts";

/** The package whose one static program unpacks all others inside the sandbox. */
const seedPackage = "busybox-static";

/** Locks the newest packages that apt's own signed index offers: `hop3 packages update`. */
export async function updatePackages(
  homeDir: string,
  onLine: (line: string) => void,
  now: () => Date = () => new Date(),
): Promise<DebianPin> {
  const platform = readPlatform();
  const targets = await readIndexTargets();
  const archives = [...new Set(targets.map(({ label }) => label))];
  const sources = await findSources(targets, archives);
  const table = new PackageTable();
  for (const target of targets) {
    onLine(`reading ${target.label} ${target.suite}`);
    await readIndex(target, archives.indexOf(target.label), (found) => table.add(found));
  }
  const seed = table.packages.get(seedPackage);
  if (seed === undefined) throw packagesNoIndex({ reason: `it does not offer ${seedPackage}` });
  onLine(`resolving ${String(table.packages.size)} packages`);
  const packages = resolveAll(table.packages);
  const scratch = await mkdtemp(join(tmpdir(), "hop3-seed-"));
  try {
    onLine(`fetching ${seedPackage} ${seed.version}`);
    const unpacked = join(scratch, "seed");
    await unpackPackage(seed, unpacked);
    const suites = [...new Set(targets.map(({ suite }) => suite))];
    const pin = await writeLock(homeDir, {
      packages,
      platform,
      archives,
      suites,
      date: now(),
      placeSources: (dir) => writeSources(dir, sources),
      placeSeed: (path) => copyFirst(unpacked, ["bin/busybox", "usr/bin/busybox"], path),
    });
    onLine(`locked ${String(pin.packages)} packages as ${pin.pin}`);
    return pin;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
