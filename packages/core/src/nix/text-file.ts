import { encodeImpossible } from "../encode/encode-errors.ts";
import type { NixExpr } from "./ast.ts";
import { nix } from "./build.ts";

const STORE_NAME = /^(?!\.)[A-Za-z0-9+._?=-]{1,200}$/;

/** An expression for a store file with exactly this text; no shell ever sees the text. */
export function nixTextFile(name: string, text: string): NixExpr {
  return nix.call(nix.ref("builtins", "toFile"), nix.string(storeName(name)), nix.text(text));
}

/** The same through the package set: the text may hold store paths of packages. */
export function nixWriteText(name: string, content: NixExpr): NixExpr {
  return nix.call(nix.ref("pkgs", "writeText"), nix.string(storeName(name)), content);
}

function storeName(name: string): string {
  if (STORE_NAME.test(name)) return name;
  throw encodeImpossible({ target: "a name in the Nix store", what: "this name", value: name });
}
