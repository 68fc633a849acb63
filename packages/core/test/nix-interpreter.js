/** Evaluates a tree strictly, without ever looking at its text. */
export function interpret(expr, scope = new Map()) {
  switch (expr.kind) {
    case "string":
    case "indented":
      return textOf(expr.parts, scope);
    case "literal":
      if (expr.value === null) throw new Error("no null in these trees");
      return expr.value;
    case "ref":
      return found(scope.get(expr.name) ?? scope.get(`with ${expr.name}`), expr.name);
    case "list":
      return expr.items.map((item) => interpret(item, scope));
    case "attrs":
      return bindAll(expr.bindings, { outer: scope, isRecursive: expr.recursive });
    case "select":
      return select(expr, scope);
    case "has":
      return lookUp(interpret(expr.target, scope), expr.path, scope) !== undefined;
    case "let":
      return interpret(expr.body, letScope(expr.bindings, scope));
    case "if":
      return interpret(interpret(expr.condition, scope) ? expr.then : expr.otherwise, scope);
    case "with":
      return interpret(expr.body, withScope(expr, scope));
    case "assert":
      if (interpret(expr.condition, scope) !== true) throw new Error("assertion failed");
      return interpret(expr.body, scope);
    case "lambda":
      return (argument) => interpret(expr.body, new Map([...scope, [expr.param, argument]]));
    case "function":
      return (argument) => applyFormals(expr, argument, scope);
    case "call":
      return call(expr, scope);
    case "not":
      return !interpret(expr.operand, scope);
    case "negate":
      return 0 - numberOf(interpret(expr.operand, scope));
    case "binary":
      return binary(expr, scope);
    case "path":
    case "search-path":
      throw new Error("no paths in these trees");
  }
}
function textOf(parts, scope) {
  return parts.map((part) => (typeof part === "string" ? part : interpret(part, scope))).join("");
}
function found(value, name) {
  if (value === undefined) throw new Error(`undefined: ${name}`);
  return value;
}
function nameOf(name, scope) {
  return typeof name === "string" ? name : String(interpret(name, scope));
}
function letScope(bindings, scope) {
  const inner = new Map(scope);
  for (const binding of bindings) {
    for (const [name, value] of valuesOf(binding, inner)) inner.set(name, value);
  }
  return inner;
}
/** Names of `with` give way to every other kind of binding, so they are kept apart. */
function withScope(expr, scope) {
  const names = entriesOf(expr.scope, scope);
  return new Map([...scope, ...names.map(([name, value]) => [`with ${name}`, value])]);
}
function bindAll(bindings, { outer, isRecursive }) {
  const inner = new Map(outer);
  const result = {};
  for (const binding of bindings) {
    for (const [name, value] of valuesOf(binding, isRecursive ? inner : outer)) {
      result[name] = value;
      inner.set(name, value);
    }
  }
  return result;
}
function valuesOf(binding, scope) {
  if (binding.kind === "assign") {
    const [first = "", ...others] = binding.path.map((name) => nameOf(name, scope));
    let value = interpret(binding.value, scope);
    for (const name of others.toReversed()) value = { [name]: value };
    return [[first, value]];
  }
  const source = binding.source === undefined ? scope : new Map(entriesOf(binding.source, scope));
  return binding.names.map((name) => [name, found(source.get(name), name)]);
}
function entriesOf(expr, scope) {
  return Object.entries(attrsOf(interpret(expr, scope)));
}
function lookUp(target, path, scope) {
  let value = target;
  for (const name of path) {
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    value = attrsOf(value)[nameOf(name, scope)];
  }
  return value;
}
function select({ target, path, fallback }, scope) {
  const value = lookUp(interpret(target, scope), path, scope);
  if (value !== undefined) return value;
  if (fallback === undefined) throw new Error("attribute missing");
  return interpret(fallback, scope);
}
function applyFormals(expr, argument, scope) {
  const inner = new Map(scope);
  if (expr.alias !== undefined) inner.set(expr.alias, argument);
  for (const { name, fallback } of expr.formals) {
    const given = attrsOf(argument)[name];
    inner.set(
      name,
      given ?? (fallback === undefined ? found(given, name) : interpret(fallback, inner)),
    );
  }
  return interpret(expr.body, inner);
}
function call({ callee, args }, scope) {
  let value = interpret(callee, scope);
  for (const arg of args) {
    if (typeof value !== "function") throw new Error("not a function");
    value = value(interpret(arg, scope));
  }
  return value;
}
function binary({ operator, left, right }, scope) {
  const [a, b] = [interpret(left, scope), interpret(right, scope)];
  switch (operator) {
    case "->":
      return !a || b === true;
    case "||":
      return a === true || b === true;
    case "&&":
      return a === true && b === true;
    case "==":
      return canonical(a) === canonical(b);
    case "!=":
      return canonical(a) !== canonical(b);
    case "<":
      return numberOf(a) < numberOf(b);
    case "<=":
      return numberOf(a) <= numberOf(b);
    case ">":
      return numberOf(a) > numberOf(b);
    case ">=":
      return numberOf(a) >= numberOf(b);
    case "//":
      return { ...attrsOf(a), ...attrsOf(b) };
    case "+":
      return typeof a === "string" ? a + String(b) : numberOf(a) + numberOf(b);
    case "-":
      return numberOf(a) - numberOf(b);
    case "*":
      return numberOf(a) * numberOf(b);
    case "/":
      return Math.trunc(numberOf(a) / numberOf(b));
    case "++":
      return [...listOf(a), ...listOf(b)];
  }
}
/** Equal text for equal values, whatever the order of attributes. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`,
  );
  return `{${entries.sort().join()}}`;
}
function numberOf(value) {
  if (typeof value !== "number") throw new Error("not a number");
  return value;
}
function listOf(value) {
  if (!isList(value)) throw new Error("not a list");
  return value;
}
function isList(value) {
  return Array.isArray(value);
}
function attrsOf(value) {
  if (typeof value !== "object" || isList(value)) throw new Error("not attributes");
  return value;
}
//# sourceMappingURL=nix-interpreter.js.map
