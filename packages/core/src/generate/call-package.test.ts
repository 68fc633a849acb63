import { describe, expect, it } from "vitest";
import type { NixExpr } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { printNix } from "../nix/print.ts";
import { toCallPackage } from "./call-package.ts";

const ruby = nix.ref("pkgs", "ruby");
const cases: readonly (readonly [name: string, expr: NixExpr, text: string])[] = [
  [
    "names become formals, lib first",
    nix.call(nix.ref("pkgs", "foo"), nix.ref("pkgs", "lib", "id"), nix.ref("pkgs", "a", "b")),
    "{\n  lib,\n  a,\n  foo,\n}:\nfoo lib.id a.b",
  ],
  [
    "a binding that only repeats the name goes",
    nix.letIn({ ruby, other: nix.ref("ruby") }, nix.list([nix.ref("ruby"), nix.ref("other")])),
    "{ ruby }:\nlet\n  other = ruby;\nin\n[\n  ruby\n  other\n]",
  ],
  [
    "a name that is bound to something else stays a selection",
    nix.letIn({ ruby: nix.ref("pkgs", "ruby", "withPackages") }, nix.ref("ruby")),
    "{ pkgs }:\nlet\n  ruby = pkgs.ruby.withPackages;\nin\nruby",
  ],
  [
    "a parameter hides a formal",
    nix.lambda("curl", nix.list([nix.ref("curl"), nix.ref("pkgs", "curl")])),
    "{ pkgs }:\ncurl: [\n  curl\n  pkgs.curl\n]",
  ],
  [
    "what may be missing is asked of pkgs",
    nix.select(nix.ref("pkgs"), ["maybe"], nix.literal(null)),
    "{ pkgs }: pkgs.maybe or null",
  ],
  [
    "the same name is inherited",
    nix.letIn({ src: nix.path("./.") }, nix.attrs({ src: nix.ref("src"), b: nix.ref("src") })),
    "{ }:\nlet\n  src = ./.;\nin\n{\n  inherit src;\n  b = src;\n}",
  ],
];

describe("toCallPackage", () => {
  it.each(cases)("%s", (_name, expr, text) => {
    expect(printNix(toCallPackage(expr))).toBe(text);
  });
});
