import { Hop3Error } from "@hop3/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSshCommand } from "./ssh-command.ts";

describe("a command of SSH", () => {
  it.each([
    ["git-receive-pack '/shop.git'", "receive-pack", "shop"],
    ["git-receive-pack 'shop.git'", "receive-pack", "shop"],
    ["git-upload-pack 'shop'", "upload-pack", "shop"],
    ["git upload-pack '/shop.git/'", "upload-pack", "shop"],
    ["git-upload-pack /shop.git", "upload-pack", "shop"],
  ])("%s", (command, service, name) => {
    expect(parseSshCommand(command)).toEqual({ service, name });
  });

  it.each([
    "",
    "ls",
    "git-receive-pack",
    "git-receive-pack  'shop.git'",
    "git-receive-pack 'shop.git' --help",
    "git-receive-pack '../shop.git'",
    "git-receive-pack 'a/b.git'",
    "git-receive-pack 'shop.git'; id",
    "git-receive-pack 'shop.git'\nid",
    "git-receive-pack 'shop'\\''.git'",
    "git-upload-archive 'shop.git'",
    "GIT_DIR=/ git-upload-pack 'shop.git'",
  ])("refuses %j", (command) => {
    expect(() => parseSshCommand(command)).toThrow(Hop3Error);
  });

  it("never yields a name with a slash, a quote or a line feed", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("'", ""), (text, quote) => {
        try {
          const { name } = parseSshCommand(`git-receive-pack ${quote}${text}${quote}`);
          expect(name).not.toMatch(/['/]/);
        } catch (error) {
          expect(error).toBeInstanceOf(Hop3Error);
        }
      }),
    );
  });
});
