import { readFile } from "node:fs/promises";

/**
 * `[plugins] load` of a server.toml, for a command that makes a Plan on the server's machine. Nothing where the file is
 * not there, is not for this user to read, or is wrong: the server says what is wrong with it.
 */
export async function findConfigured(settingsFile: string): Promise<readonly string[]> {
  const text = await readFile(settingsFile, "utf8").catch(() => "");
  if (!text.includes("plugins")) return [];
  const { parse } = await import("smol-toml");
  try {
    const { plugins } = parse(text);
    const load = typeof plugins === "object" && "load" in plugins ? plugins["load"] : undefined;
    return Array.isArray(load) ? load.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}
