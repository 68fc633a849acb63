import type { Target } from "../target.ts";
import { allows } from "./npm.ts";

/** Yarn's `os=linux & (cpu=x64 | cpu=arm64) & libc=glibc`: true where the target meets all of it. */
export function meetsConditions(conditions: string | undefined, target: Target): boolean {
  if (conditions === undefined) return true;
  return conditions.split("&").every((group) => meetsGroup(group, target));
}

function meetsGroup(group: string, target: Target): boolean {
  const values: string[] = [];
  let key = "";
  for (const term of group.replace(/[()]/g, "").split("|")) {
    const [name = "", value = ""] = term.trim().split("=");
    key = name;
    values.push(value);
  }
  if (key === "os") return allows(values, target.os);
  if (key === "cpu") return allows(values, target.cpu);
  return key !== "libc" || allows(values, target.libc);
}
