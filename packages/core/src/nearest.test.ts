import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  it.each([
    ["worker", ["workers", "env", "path"], ["workers"]],
    ["httdp", ["httpd", "http", "wget"], ["http", "httpd"]],
    ["metdata", ["metadata", "test"], ["metadata"]],
    ["Busybox", ["busybox"], ["busybox"]],
    ["xyzzy", ["list", "_policy"], []],
    ["", ["a"], ["a"]],
    ["abcd", ["abce", "abcf", "abcg", "abch"], ["abce", "abcf", "abcg"]],
  ])("%s among %j", (wanted, known, expected) => {
    expect(nearest(wanted, known)).toEqual(expected);
  });
});
