import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Expectation } from "../expectation.ts";

const examplesDirectory = join(import.meta.dirname, "../../examples");
/** Directories of examples that have a prefix, or a test, of their own. */
const apart: ReadonlySet<string> = new Set(["broken", "templates", "plugins"]);

/** A directory below examples/, and what its expect.json says about it. */
export interface Example {
  /** Also the name of the app. */
  readonly name: string;
  readonly directory: string;
  readonly expectation: Expectation;
}

/** Every example that has to run, by name. */
export function readExamples(): Promise<Example[]> {
  return readFrom(examplesDirectory, "");
}

/** Every example that has to be refused, by name. */
export function readBrokenExamples(): Promise<Example[]> {
  return readFrom(join(examplesDirectory, "broken"), "broken-");
}

async function readFrom(parent: string, prefix: string): Promise<Example[]> {
  const entries = await readdir(parent, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory() && !apart.has(entry.name))
    .map((entry) => entry.name)
    .sort();
  return Promise.all(names.map((name) => readExample(join(parent, name), prefix + name)));
}

async function readExample(directory: string, name: string): Promise<Example> {
  const text = await readFile(join(directory, "expect.json"), "utf8");
  return { name, directory, expectation: Expectation.parse(JSON.parse(text)) };
}
