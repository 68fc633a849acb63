import type { StringPart } from "../nix/ast.ts";
import { attributeReference, type TextScope } from "./parse-text.ts";
import { spliced } from "./text.ts";

const reference =
  /(\$\{[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w'-]*)+\})|\$\{([A-Za-z_][\w-]*)\}|\$([A-Za-z_]\w*)|(?<![\w$])([A-Z][A-Z0-9_]*)(?!\w)/g;

/**
 * A command of `pre-exec`, which a shell runs as it stands: only names of the Release, such as
 * `APPDIR` and `${pkg}`, become what they stand for. Store paths need no quoting anywhere.
 */
export function shellCommand(text: string, scope: TextScope): readonly StringPart[] {
  const parts: StringPart[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    const [all, attribute, braced, bare, word] = match;
    const meaning =
      attribute === undefined
        ? meaningOf(braced ?? bare ?? word ?? "", scope)
        : attributeMeaning(attribute, scope);
    if (meaning === undefined) continue;
    parts.push(text.slice(end, match.index), ...meaning);
    end = match.index + all.length;
  }
  return [...parts, text.slice(end)];
}

function attributeMeaning(text: string, scope: TextScope): readonly StringPart[] | undefined {
  const expr = attributeReference(scope, text);
  return expr === undefined ? undefined : spliced(expr);
}

function meaningOf(name: string, { names, version }: TextScope): readonly StringPart[] | undefined {
  const expr = Object.hasOwn(names, name) ? names[name] : undefined;
  if (expr !== undefined) return spliced(expr);
  return name === "version" && version !== undefined ? [version] : undefined;
}
