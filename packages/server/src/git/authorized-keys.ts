import { chmod, rename, writeFile } from "node:fs/promises";
import { encodeShellCommand } from "@hop3/core";
import type { SshKey } from "../db/ssh-keys.ts";

/**
 * The file that sshd reads for the user of git. Each key may start our command and nothing else: `restrict` takes
 * forwarding, terminals and rc files away.
 */
export async function writeAuthorizedKeys(
  file: string,
  keys: readonly SshKey[],
  command: readonly string[],
): Promise<void> {
  const lines = keys.map(({ fingerprint, type, blob }) => {
    const forced = encodeShellCommand([...command, fingerprint]).replaceAll('"', '\\"');
    return `restrict,command="${forced}" ${type} ${blob} ${fingerprint}`;
  });
  const head = "# Written by Hop3 whenever a key is added or removed: hop3 keys\n";
  const aside = `${file}.new`;
  await writeFile(aside, head + lines.map((line) => `${line}\n`).join(""));
  // Public keys are no secret, and sshd reads them as the user who signs in.
  await chmod(aside, 0o644);
  await rename(aside, file);
}
