import { readLockfile } from "./read-lockfile.ts";

/** A package-lock.json of so many packages, in the proportions of real ones. */
export function makePackageLock(count: number): string {
  const packages: Record<string, unknown> = { "": { name: "bench", version: "1.0.0" } };
  for (let index = 0; index < count; index++) {
    const name = index % 3 === 0 ? `@scope-${index % 40}/package-${index}` : `package-${index}`;
    const parent = index % 10 === 9 ? `node_modules/package-${index - 1}/` : "";
    packages[`${parent}node_modules/${name}`] = {
      version: `${index % 20}.${index % 7}.0`,
      integrity: `sha512-${String(index).padStart(85, "A").slice(-85)}A==`,
      dev: index % 4 === 0,
      license: "MIT",
      dependencies: {
        [`package-${(index * 7) % count}`]: "^1.0.0",
        [`package-${(index * 13) % count}`]: "^2.1.0",
      },
      engines: { node: ">=18" },
      ...(index % 12 === 0 ? { optional: true, os: ["linux"], cpu: ["x64"] } : {}),
    };
  }
  return JSON.stringify({ name: "bench", lockfileVersion: 3, requires: true, packages }, null, 2);
}

/** Milliseconds that one reading of a large package-lock.json takes; `now` is the clock. */
export function benchPackageLock(now: () => number, count = 1_500): number {
  const text = makePackageLock(count);
  const start = now();
  readLockfile({ file: "package-lock.json", text });
  return now() - start;
}
