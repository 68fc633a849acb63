import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parsePublicKey } from "./public-key.ts";

const dir = mkdtempSync("/tmp/hop3-keys-");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function generate(type: string, bits: string): string {
  const file = join(dir, `${type}-${bits}`);
  if (existsSync(file)) return `${file}.pub`;
  const args = ["-q", "-t", type, "-b", bits, "-N", "", "-C", "me and my laptop", "-f", file];
  execFileSync("ssh-keygen", args);
  return `${file}.pub`;
}

describe("a public key", () => {
  it.each([
    ["ed25519", "256"],
    ["ecdsa", "256"],
    ["ecdsa", "521"],
    ["rsa", "2048"],
  ])("%s of %s bits has the fingerprint that ssh-keygen shows", (type, bits) => {
    const file = generate(type, bits);
    const key = parsePublicKey(readFileSync(file, "utf8"));
    const shown = execFileSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" });
    expect(shown.split(" ")[1]).toBe(key.fingerprint);
    expect(key.comment).toBe("me and my laptop");
  });

  const good = () => readFileSync(generate("ed25519", "256"), "utf8").trim();

  it.each([
    ["nothing", () => "", /does not begin with a type/],
    ["options before it", () => `command="id" ${good()}`, /does not begin with a type/],
    ["two lines", () => `${good()}\n${good()}`, /more than one line/],
    ["a damaged one", () => good().slice(0, 40), /damaged/],
    ["another type than inside", () => good().replace("ssh-ed25519", "ssh-rsa"), /damaged/],
    ["a type of long ago", () => "ssh-dss AAAA", /does not begin with a type/],
    ["a short one", () => readFileSync(generate("rsa", "1024"), "utf8"), /at least 2048 bits/],
    ["a private one", () => "-----BEGIN OPENSSH PRIVATE KEY-----", /private/],
    ["a long one", () => `ssh-ed25519 ${"A".repeat(20_000)}`, /too long/],
  ])("is not %s", (_, text, reason) => {
    expect(() => parsePublicKey(text())).toThrow(reason);
  });
});
