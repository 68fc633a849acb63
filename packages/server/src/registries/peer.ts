import { readFile } from "node:fs/promises";
import { buildUid } from "../proc/users.ts";

interface Connection {
  /** Port of the one who asks. */
  readonly from: number;
  /** Port of the one who is asked. */
  readonly to: number;
}

/**
 * User of the process at the other end of a connection over 127.0.0.1, as the kernel's table has it:
 * local address, remote address, state, three more, uid.
 */
export async function userOfPeer({ from, to }: Connection): Promise<number | undefined> {
  const table = await readFile("/proc/net/tcp", "utf8").catch(() => "");
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (portOf(fields[1]) === from && portOf(fields[2]) === to) return Number(fields[7]);
  }
  return undefined;
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(":")[1] ?? "", 16);
}

/** From here on Nix takes users that it allocates by itself (its setting start-id). */
const firstAllocated = 872_415_232;

/** Whether this user can be a build: ourselves, root, or one of the Nix daemon's. */
export async function isBuilder(uid: number): Promise<boolean> {
  if (uid === buildUid || uid === 0 || uid === process.getuid?.() || uid >= firstAllocated)
    return true;
  const [groups, users] = await Promise.all(
    ["/etc/group", "/etc/passwd"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const members = /^nixbld:[^:]*:[^:]*:(.*)$/m.exec(groups ?? "")?.[1]?.split(",") ?? [];
  const name = new RegExp(`^([^:\n]+):[^:\n]*:${uid}:`, "m").exec(users ?? "")?.[1];
  return name !== undefined && members.includes(name);
}
