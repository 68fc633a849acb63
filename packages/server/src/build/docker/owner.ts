import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, runEngine } from "./engine.ts";
import type { Image } from "./image.ts";

/** What /etc/passwd and /etc/group of an image say. */
export interface Accounts {
  readonly passwd: string;
  readonly group: string;
}

/** `uid:gid` of what `USER` names; root where the image says nothing of it. Pure. */
export function resolveOwner(user: string, { passwd, group }: Accounts): string {
  const [name = "", groupName] = user.split(":");
  const isNumber = /^\d+$/.test(name);
  const fields = findLine(passwd, isNumber ? 2 : 0, name);
  const uid = isNumber ? name : (fields[2] ?? "0");
  if (groupName === undefined || groupName === "") return `${uid}:${fields[3] ?? "0"}`;
  const gid = /^\d+$/.test(groupName) ? groupName : (findLine(group, 0, groupName)[2] ?? "0");
  return `${uid}:${gid}`;
}

function findLine(text: string, field: number, value: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.split(":"));
  return lines.find((fields) => fields[field] === value) ?? [];
}

/** Who the processes of an image are, as numbers: a host knows nothing of its names. */
export async function ownerOf(engine: Engine, image: Image, label: string): Promise<string> {
  const user = image.config.User ?? "";
  if (user === "" || user === "root" || user === "0") return "0:0";
  const made = await runEngine(engine, ["create", "--label", label, image.id, "-"]);
  const container = made.stdout.trim().split("\n").at(-1) ?? "";
  const dir = await mkdtemp(join(tmpdir(), "hop3-owner-"));
  try {
    const read = async (file: string): Promise<string> => {
      await runEngine(engine, ["cp", `${container}:/etc/${file}`, join(dir, file)]);
      return readFile(join(dir, file), "utf8").catch(() => "");
    };
    return resolveOwner(user, { passwd: await read("passwd"), group: await read("group") });
  } finally {
    await runEngine(engine, ["rm", "-f", container]);
    await rm(dir, { recursive: true, force: true });
  }
}
