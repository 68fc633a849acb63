import type { Place } from "../../errors.ts";
import type { ReadContext } from "../lockfile.ts";
import { lockfileEntryInvalid, lockfileMissing, lockfileSyntax } from "../lockfile-errors.ts";
import { parseRequirement, type Requirement } from "./pep508.ts";
import { type LogicalLine, logicalLines, readInclude, splitHashes } from "./requirement-lines.ts";
import { insidePath } from "./safe.ts";

/** One requirement of requirements.txt or of a file that it includes. */
export interface RequirementEntry {
  readonly requirement: Requirement;
  /** A directory or file of the app instead of a name. */
  readonly path?: string | undefined;
  readonly hashes: readonly string[];
  readonly text: string;
  readonly place: Place;
}

export interface RequirementFiles {
  readonly entries: readonly RequirementEntry[];
  /** Hashes that constraint files add, by name. */
  readonly constraints: ReadonlyMap<string, readonly string[]>;
  readonly notes: readonly string[];
}

/** Reads a requirements file and all that it includes, each once. */
export function readRequirementFiles(context: ReadContext): RequirementFiles {
  const reader = new FilesReader(context);
  reader.readFile(context.file, context.text, "requirements");
  return reader;
}

const noRequirement: Requirement = { name: "", extras: [], specifiers: "" };
const maxFiles = 100;

class FilesReader implements RequirementFiles {
  readonly entries: RequirementEntry[] = [];
  readonly constraints = new Map<string, readonly string[]>();
  readonly notes: string[] = [];
  private readonly context: ReadContext;
  private readonly seen = new Set<string>();

  constructor(context: ReadContext) {
    this.context = context;
  }

  readFile(file: string, text: string, kind: "requirements" | "constraints"): void {
    const id = `${kind} ${file}`;
    if (this.seen.has(id) || this.seen.size >= maxFiles) return;
    this.seen.add(id);
    for (const line of logicalLines(text)) {
      const include = readInclude(line.text);
      if (include !== undefined) this.readIncluded(file, line, include);
      else if (/^-(?!e\b)|^--(?!editable\b)/.test(line.text)) this.noteOption(file, line);
      else this.readLine(file, line, kind);
    }
  }

  private readIncluded(
    file: string,
    line: LogicalLine,
    include: { readonly kind: "requirements" | "constraints"; readonly path: string },
  ): void {
    const place = { file, line: line.line, column: 1 };
    const directory = file.slice(0, file.lastIndexOf("/") + 1);
    const path = include.path.startsWith("/") ? undefined : insidePath(directory + include.path);
    if (path === undefined || /^[a-z]+:/i.test(include.path)) {
      const problem = "includes a file outside the app";
      throw lockfileEntryInvalid({ place, entry: line.text, problem });
    }
    const files = this.context.options.files ?? {};
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) {
      throw lockfileMissing({ place, wanted: path, refresh: this.context.refresh });
    }
    this.readFile(path, text, include.kind);
  }

  /** Where packages come from is the platform's configuration; the rest does not matter to hashed files. */
  private noteOption(file: string, line: LogicalLine): void {
    const option = /^--?[a-z-]+/i.exec(line.text)?.[0] ?? "";
    if (option === "--require-hashes") return;
    this.notes.push(
      `${file}:${line.line}: ${option} is ignored: registries are configured on the server`,
    );
  }

  private readLine(file: string, line: LogicalLine, kind: "requirements" | "constraints"): void {
    const place = { file, line: line.line, column: 1 };
    const { requirement: text, hashes } = splitHashes(line.text);
    const path =
      /^(?:-e\s*|--editable(?:=|\s+))(.+)$/.exec(text)?.[1] ??
      (/^\.{1,2}\/|^\.$/.test(text) ? text : undefined);
    if (path !== undefined && !/^(?:git\+|https?:)/.test(path)) {
      this.entries.push({ requirement: noRequirement, path, hashes, text, place });
      return;
    }
    const requirement = parseRequirement(path ?? text);
    if (requirement === undefined || path !== undefined) {
      throw lockfileSyntax({
        place,
        problem: "this line is no requirement: name==version is expected",
      });
    }
    if (kind === "requirements") this.entries.push({ requirement, hashes, text, place });
    else this.addConstraint(requirement.name, hashes);
  }

  private addConstraint(name: string, hashes: readonly string[]): void {
    this.constraints.set(name, [...(this.constraints.get(name) ?? []), ...hashes]);
  }
}
