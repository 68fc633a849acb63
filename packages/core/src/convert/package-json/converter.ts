import { checkDocument } from "../check-document.ts";
import type { Converter, ConverterInput, LocatedDocument } from "../conversion.ts";
import { Draft } from "../draft.ts";
import { readJson } from "../read-json.ts";
import { runtimeNamed } from "../runtimes.ts";
import { PackageJson } from "./schema.ts";

export const packageJsonConverter: Converter = {
  id: "package-json",
  title: "package.json",
  files: ["package.json"],
  isImplicit: false,

  convert(input) {
    const document = readJson(input.text, input.file);
    const draft = new Draft(input.file);
    const manifest = checkDocument(PackageJson, document, draft);
    const work: Work = { draft, document, manifest, manager: findManager(input, manifest) };
    const node = runtimeNamed("node");
    if (node !== undefined) draft.language(node, document.placeOf([]));
    describeApp(work);
    convertScripts(work);
    convertEngines(work);
    if (manifest.workspaces !== undefined) {
      const reason = "each app of a repository has a hop3.toml in its own directory";
      draft.warn("workspaces are not carried over", reason, document.placeOf(["workspaces"]));
    }
    return draft.finish();
  },
};

type Manager = "npm" | "pnpm" | "yarn" | "bun";

interface Work {
  readonly draft: Draft;
  readonly document: LocatedDocument;
  readonly manifest: PackageJson;
  readonly manager: Manager;
}

const lockfiles: readonly (readonly [file: string, manager: Manager])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

/** The manager that package.json names, else the one whose lockfile is there. */
function findManager({ has }: ConverterInput, { packageManager = "" }: PackageJson): Manager {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(packageManager)?.[1];
  const byFile = lockfiles.find(([file]) => has(file))?.[1];
  // The pattern admits managers only.
  return (named as Manager | undefined) ?? byFile ?? "npm";
}

function describeApp({ draft, manifest }: Work): void {
  const { name, version, description, homepage, license, author, keywords = [] } = manifest;
  const licenseName = typeof license === "object" ? license.type : license;
  const authorName = typeof author === "object" ? author.name : author;
  draft.describe({
    ...(name ? { title: name } : {}),
    ...(version ? { version } : {}),
    ...(description ? { description } : {}),
    ...(homepage ? { homepage } : {}),
    ...(licenseName ? { license: licenseName } : {}),
    ...(authorName ? { author: authorName } : {}),
    ...(keywords.length === 0 ? {} : { tags: keywords }),
  });
}

function convertScripts({ draft, document, manifest, manager }: Work): void {
  const { scripts = {}, main } = manifest;
  const build = ["heroku-postbuild", "build"].find((name) => (scripts[name] ?? "") !== "");
  if (build !== undefined) {
    draft.step("build", `${manager} run ${build}`);
    draft.fact("build", scripts[build] ?? "", document.placeOf(["scripts", build]));
  }
  const start = scripts["start"]?.trim();
  if (start) {
    const place = document.placeOf(["scripts", "start"]);
    draft.worker("web", { command: startCommand(scripts, start, manager) }, place);
    draft.fact("start", start, place);
    return;
  }
  if (main === undefined) {
    const reason = "package.json has neither scripts.start nor main; write [run] start";
    draft.warn("there is no command for web", reason, document.placeOf(["scripts"]));
    return;
  }
  const place = document.placeOf(["main"]);
  draft.worker("web", { command: `node ${quoteWord(main)}` }, place);
  draft.fact("main", main, place);
}

/** A script that only starts node needs no package manager at run time. */
function startCommand(
  scripts: Readonly<Record<string, string>>,
  start: string,
  manager: Manager,
): string {
  const isAlone = scripts["prestart"] === undefined && scripts["poststart"] === undefined;
  return isAlone && /^node\s/.test(start) ? start : `${manager} run start`;
}

function quoteWord(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function convertEngines({ draft, document, manifest }: Work): void {
  const { engines = {} } = manifest;
  const entries = Array.isArray(engines)
    ? engines.map((text, index) => [String(index), text] as const)
    : Object.entries(engines);
  for (const [engine, range] of entries) {
    const place = document.placeOf(["engines", engine]);
    const reason = "the package set decides the version; hop3 packages search shows which it has";
    draft.fact(`engine ${engine}`, range, place);
    draft.warn(`engines.${engine} "${range}" is not carried over`, reason, place);
  }
}
