import { lockfileEntryInvalid } from "../lockfile-errors.ts";
import type { TextFile } from "../read-lockfile.ts";
import { positionAt } from "../shared/position.ts";
import { type MavenModule, moduleDirectory } from "./maven-file.ts";

/** Lockfiles that Gradle writes: one for a project, its plugins or its settings, earlier one for a configuration. */
export function isGradleLockfile(path: string): boolean {
  return (
    /(?:^|\/)(?:buildscript-|settings-)?gradle\.lockfile$/.test(path) ||
    /(?:^|\/)gradle\/dependency-locks\/[^/]+\.lockfile$/.test(path)
  );
}

/** Reads a lockfile of Gradle: modules and versions; it knows neither files nor hashes. */
export function readGradleLockfile({ file, text }: TextFile): readonly MavenModule[] {
  const modules: MavenModule[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const entry = line.trim().replace(/=.*$/, "");
    const place = { file, ...positionAt(text, offset) };
    offset += line.length + 1;
    if (entry === "" || entry.startsWith("#") || entry === "empty") continue;
    const [group = "", name = "", version = "", ...more] = entry.split(":");
    const module = { group, name, version };
    if (more.length > 0 || moduleDirectory(module) === undefined) {
      throw lockfileEntryInvalid({ place, entry, problem: "is no group:name:version" });
    }
    modules.push(module);
  }
  return modules;
}
