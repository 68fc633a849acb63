import type { AttrsExpr, Binding, NixExpr } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { mapExpr, visitExpr } from "../nix/map-expr.ts";
import { isIdentifier } from "../nix/names.ts";

/**
 * An expression over `pkgs` as a function that `callPackage` fills in: `pkgs.name` becomes the formal `name`. A name that
 * the expression binds itself stays `pkgs.name`.
 */
export function toCallPackage(
  expr: NixExpr,
  defaults: Readonly<Record<string, NixExpr>> = {},
): NixExpr {
  const aliases = aliasesOf(expr);
  const bound = boundNames(expr);
  const formals = new Set<string>();
  const changed = mapExpr(withoutAliases(expr, aliases), (node) => {
    if (node.kind === "attrs") return inherited(node);
    const name = packageName(node);
    if (name === undefined || (bound.has(name) && !aliases.has(name))) return node;
    formals.add(name);
    const [, ...rest] = node.kind === "select" ? node.path : [];
    const formal = nix.ref(name);
    if (node.kind !== "select") return formal;
    return rest.length === 0 ? formal : nix.select(formal, rest, node.fallback);
  });
  for (const name of aliases) if (mentions(changed, name)) formals.add(name);
  if (mentions(changed, "pkgs")) formals.add("pkgs");
  const wanted = [...formals].sort(libFirst).map((name) => [name, undefined] as const);
  return nix.fn({ ...Object.fromEntries(wanted), ...defaults }, changed);
}

/** `src = src;` is `inherit src;`. */
function inherited(set: AttrsExpr): NixExpr {
  if (set.recursive) return set;
  const bindings = set.bindings.map((binding) => {
    if (binding.kind !== "assign" || binding.path.length !== 1) return binding;
    const { value, comment } = binding;
    const isSame = value.kind === "ref" && value.name === binding.path[0];
    return isSame ? nix.inherit([value.name], comment === undefined ? {} : { comment }) : binding;
  });
  return nix.attrs(bindings);
}

function libFirst(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "lib" || b === "lib") return a === "lib" ? -1 : 1;
  return a < b ? -1 : 1;
}

/** `pkgs.name…`: the name. */
function packageName(expr: NixExpr): string | undefined {
  if (expr.kind !== "select" || expr.target.kind !== "ref" || expr.target.name !== "pkgs") {
    return undefined;
  }
  const [name] = expr.path;
  const isPlain = typeof name === "string" && isIdentifier(name);
  // `pkgs.name or other` asks whether there is one; a formal has to be there.
  const asksForIt = expr.fallback !== undefined && expr.path.length === 1;
  return isPlain && !asksForIt ? name : undefined;
}

/** `ruby = pkgs.ruby;` says what the formal says already. */
function isAlias(binding: Binding): binding is Extract<Binding, { kind: "assign" }> {
  if (binding.kind !== "assign" || binding.path.length !== 1) return false;
  const { value } = binding;
  return (
    value.kind === "select" && value.path.length === 1 && packageName(value) === binding.path[0]
  );
}

function aliasesOf(expr: NixExpr): ReadonlySet<string> {
  if (expr.kind !== "let") return new Set();
  const names = expr.bindings.filter(isAlias).map(({ path }) => String(path[0]));
  const inner = boundNames({ ...expr, bindings: expr.bindings.filter((item) => !isAlias(item)) });
  return new Set(names.filter((name) => !inner.has(name)));
}

function withoutAliases(expr: NixExpr, aliases: ReadonlySet<string>): NixExpr {
  if (expr.kind !== "let") return expr;
  const kept = expr.bindings.filter(
    (binding) => !(isAlias(binding) && aliases.has(String(binding.path[0]))),
  );
  return nix.letIn(kept, expr.body);
}

/** Every name that is bound anywhere: the few that are bound twice are not worth a scope. */
function boundNames(expr: NixExpr): ReadonlySet<string> {
  const names = new Set<string>();
  visitExpr(expr, (node) => {
    for (const name of boundBy(node)) names.add(name);
  });
  return names;
}

function boundBy(node: NixExpr): readonly string[] {
  if (node.kind === "lambda") return [node.param];
  if (node.kind === "function") return node.formals.map(({ name }) => name);
  const isScope = node.kind === "let" || (node.kind === "attrs" && node.recursive);
  return isScope ? node.bindings.flatMap(namesOf) : [];
}

function namesOf(binding: Binding): readonly string[] {
  if (binding.kind === "inherit") return binding.names;
  const [name] = binding.path;
  return typeof name === "string" ? [name] : [];
}

/** Whether a variable is used anywhere. */
export function mentions(expr: NixExpr, name: string): boolean {
  let found = false;
  visitExpr(expr, (node) => {
    found ||= node.kind === "ref" && node.name === name;
    if (node.kind !== "let" && node.kind !== "attrs") return;
    for (const binding of node.bindings) {
      found ||=
        binding.kind === "inherit" && binding.source === undefined && binding.names.includes(name);
    }
  });
  return found;
}
