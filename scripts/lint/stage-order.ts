import { posix } from "node:path";
import { type Finding, lineAt, type SourceFile } from "./finding.ts";

/** The stages of each package, earliest first: a file imports from its own stage and from earlier ones. */
const stages: Readonly<Record<string, readonly string[]>> = {
  core: [
    "source",
    "artifact",
    "config",
    "lockfiles",
    "encode",
    "nix",
    "launcher",
    "templates",
    "toolchains",
    "convert",
    "generate",
    "plan",
    "deploy",
    "catalogue",
    "api",
    "plugin",
    "node",
  ],
  server: [
    "proc",
    "observe",
    "secrets",
    "db",
    "accounts",
    "source",
    "nix",
    "packages",
    "registries",
    "build",
    "toolchains",
    "run",
    "route",
    "upload",
    "deploy",
    "store",
    "transfer",
    "git",
    "hooks",
    "plugins",
    "catalogue",
    "http",
  ],
  web: ["components", "pages"],
  cli: ["completion", "timeline", "upload", "catalogue", "commands"],
};

/** What each package may import of the others; the server never knows who calls it. */
const packageUses: Readonly<Record<string, readonly string[]>> = {
  core: [
    "source",
    "artifact",
    "config",
    "encode",
    "nix",
    "plan",
    "deploy",
    "api",
    "plugin",
    "node",
  ],
  server: ["core"],
  web: ["core"],
  cli: ["core", "server"],
};

const importOf = /\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/g;

/** A stage imports only earlier stages, a package only the packages below it. */
export function stageOrder(file: SourceFile): Finding[] {
  const place = placeOf(file.path);
  if (place === undefined || file.path.endsWith(".test.ts")) return [];
  if (place.stage !== undefined && rankOf(place.package, place.stage) === -1) {
    return [atStart(file, `${place.stage} has no place in scripts/lint/stage-order.ts yet`)];
  }
  return [...file.text.matchAll(importOf)].flatMap((match) => {
    const message = judge(file.path, match[1] ?? match[2] ?? "");
    if (message === undefined) return [];
    return [
      { file: file.path, line: lineAt(file.text, match.index), rule: "stage-order", message },
    ];
  });
}

interface Location {
  readonly package: string;
  /** undefined for the files beside the stages: foundations like errors.ts, and the entry points. */
  readonly stage: string | undefined;
  readonly file: string;
}

function placeOf(path: string): Location | undefined {
  const match = /^packages\/([a-z]+)\/src\/(?:([^/]+)\/)?(?:.*\/)?([^/]+\.ts)$/.exec(path);
  const [, owner, stage, file] = match ?? [];
  if (owner === undefined || file === undefined) return undefined;
  return { package: owner, stage, file };
}

function rankOf(owner: string, stage: string): number {
  return (stages[owner] ?? []).indexOf(stage);
}

function judge(importer: string, specifier: string): string | undefined {
  const from = placeOf(importer);
  if (from === undefined) return undefined;
  const scoped = /^@hop3\/([a-z]+)/.exec(specifier)?.[1];
  if (scoped !== undefined) {
    const isAllowed = packageUses[from.package]?.includes(scoped) === true;
    return isAllowed ? undefined : `${from.package} does not import ${scoped}`;
  }
  if (!specifier.startsWith(".")) return undefined;
  const to = placeOf(posix.join(posix.dirname(importer), specifier));
  if (to === undefined || to.package !== from.package) {
    return `${specifier} leaves the package: import it by the package's name`;
  }
  return judgeStages(from, to);
}

function judgeStages(from: Location, to: Location): string | undefined {
  if (from.stage === undefined) return undefined;
  if (to.stage === undefined) {
    const isEntry = to.file === "main.ts" || to.file === "index.ts";
    return isEntry ? `a stage does not import the entry point ${to.file}` : undefined;
  }
  if (rankOf(from.package, to.stage) <= rankOf(from.package, from.stage)) return undefined;
  return `${from.stage} comes before ${to.stage} and does not import it`;
}

function atStart(file: SourceFile, message: string): Finding {
  return { file: file.path, line: 1, rule: "stage-order", message };
}
