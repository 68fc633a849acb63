import { encodeShellWord } from "../encode/shell.ts";
import type { AttrsExpr, Binding, NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { visitExpr } from "../nix/map-expr.ts";
import { printNixFile } from "../nix/print.ts";
import { mentions, toCallPackage } from "./call-package.ts";
import { type AppMeta, metaOf, oneLine } from "./export-meta.ts";

export interface ExportRequest {
  /** What `plannedExpression` gives. */
  readonly expression: NixExpr;
  readonly app: string;
  readonly version: string | undefined;
  readonly template: string;
  readonly metadata: AppMeta;
  /** Addresses of the registries that `usedRegistries` names. */
  readonly registries: Readonly<Record<string, string>>;
}

export interface Exported {
  readonly packageNix: string;
  readonly flakeNix: string;
  /** The program that starts the app, where the recipe names one. */
  readonly mainProgram: string | undefined;
  /** What a package alone cannot hold. */
  readonly warnings: readonly string[];
}

/** Registries that an expression downloads from. */
export function usedRegistries(expression: NixExpr): readonly string[] {
  const names = new Set<string>();
  visitExpr(expression, (node) => {
    if (node.kind !== "select" || node.target.kind !== "ref") return;
    const [name] = node.path;
    if (node.target.name === "registries" && typeof name === "string") names.add(name);
  });
  return [...names].sort();
}

/** The same app as a package in the style of nixpkgs, and a flake around it. */
export function exportPackage(request: ExportRequest): Exported {
  const { app, template, registries } = request;
  const parts = takeApart(request.expression);
  const program = programOf(parts, app);
  const meta = metaOf(request.metadata, { mainProgram: program?.name, template });
  const body = finish(request, { parts, program, meta });
  const defaults = Object.keys(registries).length === 0 ? {} : { registries: nix.json(registries) };
  const comment = `${app}, packaged by hop3 nix export from the template ${template}.\nBuild it: pkgs.callPackage ./package.nix { }`;
  return {
    packageNix: printNixFile(toCallPackage(body, defaults), comment),
    flakeNix: printNixFile(flake(request, program?.name)),
    mainProgram: program?.name,
    warnings: warningsOf(parts),
  };
}

interface Parts {
  readonly bindings: readonly Binding[];
  /** Of the contract, by dotted name. */
  readonly contract: ReadonlyMap<string, NixExpr>;
}

function takeApart(expression: NixExpr): Parts {
  const inner = expression.kind === "function" ? expression.body : expression;
  const bindings = inner.kind === "let" ? inner.bindings : [];
  const body = inner.kind === "let" ? inner.body : inner;
  const attrs: readonly Binding[] = body.kind === "attrs" ? body.bindings : [];
  const contract = attrs.flatMap((binding) =>
    binding.kind === "assign" ? [[binding.path.join("."), binding.value] as const] : [],
  );
  return { bindings, contract: new Map(contract) };
}

interface Program {
  readonly name: string;
  /** A script that starts it; undefined where the package has it itself. */
  readonly script: NixExpr | undefined;
}

const surroundings = ["env", "path", "working_dir"] as const;

function programOf({ contract }: Parts, app: string): Program | undefined {
  const web = contract.get("workers.web");
  if (web?.kind !== "string") return undefined;
  const own = ownProgram(web.parts);
  if (own !== undefined && !surroundings.some((key) => contract.has(key))) {
    return { name: own, script: undefined };
  }
  const text = nix.indented(
    ...variables(contract.get("env")),
    ...searchPath(contract.get("path")),
    ...directory(contract.get("working_dir")),
    "exec ",
    ...web.parts,
    "\n",
  );
  const script = nix.call(nix.ref("pkgs", "writeShellScriptBin"), nix.string(app), text);
  return { name: app, script };
}

/** `"${package}/bin/name"` and nothing else. */
function ownProgram([target, rest, ...more]: readonly StringPart[]): string | undefined {
  const isPackage =
    typeof target === "object" && target.kind === "ref" && target.name === "package";
  if (!isPackage || typeof rest !== "string" || more.length > 0) return undefined;
  return /^\/bin\/([\w.+-]+)$/.exec(rest)?.[1];
}

function variables(env: NixExpr | undefined): readonly StringPart[] {
  if (env?.kind !== "attrs") return [];
  return env.bindings.flatMap((binding): StringPart[] => {
    if (binding.kind !== "assign") return [];
    return [`export ${binding.path.join(".")}=`, shellWordOf(binding.value), "\n"];
  });
}

function shellWordOf(value: NixExpr): StringPart {
  const isText = value.kind === "string" && value.parts.every((part) => typeof part === "string");
  if (isText) return encodeShellWord(value.parts.join(""));
  return nix.call(nix.ref("pkgs", "lib", "escapeShellArg"), value);
}

function searchPath(path: NixExpr | undefined): readonly StringPart[] {
  if (path?.kind !== "list") return [];
  const dirs = path.items.flatMap((item): StringPart[] => [
    ...(item.kind === "string" ? item.parts : [item]),
    ":",
  ]);
  return ["export PATH=", ...dirs, "$PATH\n"];
}

function directory(dir: NixExpr | undefined): readonly StringPart[] {
  return dir?.kind === "string" ? ["cd ", nix.ref("package"), "/", ...dir.parts, "\n"] : [];
}

interface Ends {
  readonly parts: Parts;
  readonly program: Program | undefined;
  readonly meta: NixExpr;
}

function finish({ app, version }: ExportRequest, { parts, program, meta }: Ends): NixExpr {
  const script = program?.script;
  const isWhole = script === undefined;
  const own = parts.bindings.map((binding) => (isWhole ? withMeta(binding, meta) : binding));
  const joined = nix.call(
    nix.ref("pkgs", "symlinkJoin"),
    nix.attrs([
      nix.bind("name", nix.string(version === undefined ? app : `${app}-${version}`)),
      nix.bind("paths", nix.list([nix.ref("program"), nix.ref("package")])),
      nix.bind("meta", meta),
    ]),
  );
  const bindings = [...own, ...(isWhole ? [] : [nix.bind("program", script)])];
  const used = withoutUnused(bindings, isWhole ? nix.ref("package") : joined);
  const isSingle = used.length === 1 && isWhole;
  const [only] = used;
  if (isSingle && only?.kind === "assign" && !mentions(only.value, "src")) return only.value;
  const needsSource = used.some((item) => item.kind === "assign" && mentions(item.value, "src"));
  const source = needsSource ? [nix.bind("src", nix.path("./."))] : [];
  return nix.letIn([...source, ...used], isWhole ? nix.ref("package") : joined);
}

/** Bindings that only workers, which are no part of a package, have needed. */
function withoutUnused(bindings: readonly Binding[], result: NixExpr): readonly Binding[] {
  const isUsed = (name: string, by: readonly Binding[]) =>
    mentions(result, name) ||
    by.some(
      (other) => other.kind === "assign" && other.path[0] !== name && mentions(other.value, name),
    );
  const kept = bindings.filter((binding) => {
    const name = binding.kind === "assign" ? binding.path[0] : undefined;
    return typeof name !== "string" || isUsed(name, bindings);
  });
  return kept.length === bindings.length ? kept : withoutUnused(kept, result);
}

/** `meta` where its builder takes it: in the attributes of the call, else laid over the result. */
function withMeta(binding: Binding, meta: NixExpr): Binding {
  if (binding.kind !== "assign" || binding.path[0] !== "package") return binding;
  return { ...binding, value: addMeta(binding.value, meta) };
}

function addMeta(value: NixExpr, meta: NixExpr): NixExpr {
  const isAttrs = (arg: NixExpr): arg is AttrsExpr => arg.kind === "attrs" && !arg.recursive;
  const at = value.kind === "call" ? value.args.findLastIndex(isAttrs) : -1;
  const attrs = value.kind === "call" ? value.args[at] : undefined;
  if (value.kind !== "call" || attrs === undefined || !isAttrs(attrs)) {
    return nix.call(nix.ref("pkgs", "lib", "addMetaAttrs"), meta, value);
  }
  const changed = nix.attrs([...attrs.bindings, nix.bind("meta", meta)]);
  return nix.call(value.callee, ...value.args.with(at, changed));
}

function warningsOf({ contract }: Parts): readonly string[] {
  const tree = contract.get("writable_tree");
  if (tree === undefined) return [];
  return [
    "the app writes into its own directory: Hop3 lays a writable copy out, a package alone cannot",
  ];
}

const systems = ["x86_64-linux", "aarch64-linux"];

function flake({ app, metadata }: ExportRequest, mainProgram: string | undefined): NixExpr {
  const { genAttrs, call } = {
    genAttrs: nix.ref("nixpkgs", "lib", "genAttrs"),
    call: nix.select(nix.ref("nixpkgs", "legacyPackages"), [nix.ref("system"), "callPackage"]),
  };
  const made = nix.call(call, nix.path("./package.nix"), nix.attrs({}));
  const packages = nix.call(
    genAttrs,
    nix.list(systems.map((name) => nix.string(name))),
    nix.lambda("system", nix.attrs({ default: made })),
  );
  const workers = mainProgram && nix.attrs([nix.bind(["workers", "web"], nix.string(mainProgram))]);
  const outputs = nix.attrs([
    nix.bind("packages", packages),
    ...(workers ? [nix.bind("hop3", workers, { comment: "What Hop3 starts of it." })] : []),
  ]);
  return nix.attrs([
    nix.bind("description", nix.string(oneLine(metadata.description ?? app))),
    nix.bind(["inputs", "nixpkgs", "url"], nix.string("nixpkgs")),
    nix.bind("outputs", nix.fn({ nixpkgs: undefined }, outputs, { isOpen: true })),
  ]);
}
