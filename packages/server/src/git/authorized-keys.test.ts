import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeAuthorizedKeys } from "./authorized-keys.ts";
import { parsePublicKey } from "./public-key.ts";

const dir = mkdtempSync("/tmp/hop3-authorized-");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it("has one line for each key, which starts our command and nothing else", async () => {
  const file = join(dir, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const key = parsePublicKey(readFileSync(`${file}.pub`, "utf8"));
  const known = { ...key, userId: 1, name: 'x" no-pty', createdAt: "", usedAt: undefined };
  const target = join(dir, "authorized_keys");
  const home = `/srv/my "home"`;
  await writeAuthorizedKeys(target, [known], ["/usr/bin/hop3", "git", "serve", "--home", home]);
  const [, line = ""] = readFileSync(target, "utf8").split("\n");
  expect(line).toBe(
    `restrict,command="/usr/bin/hop3 git serve --home '/srv/my \\"home\\"' ${key.fingerprint}" ${key.type} ${key.blob} ${key.fingerprint}`,
  );
  expect(statSync(target).mode & 0o777).toBe(0o644);
  // ssh-keygen reads the file as sshd does.
  expect(execFileSync("ssh-keygen", ["-l", "-f", target], { encoding: "utf8" })).toContain(
    key.fingerprint,
  );
});
