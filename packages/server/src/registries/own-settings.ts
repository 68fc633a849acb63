import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hostEnvironment, run } from "../proc/run.ts";
import { fromUrl, type RegistryAddress } from "./address.ts";
import { npmAuthorization } from "./npmrc.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The address that npm itself uses, with the token that its own settings have for it. */
export async function npmAddress(env: Env): Promise<RegistryAddress | undefined> {
  const argv = ["npm", "config", "get", "registry", "userconfig", "globalconfig"] as const;
  const { stdout } = await run({ argv: [...argv], env: { ...hostEnvironment(), ...npmOnly(env) } });
  const told = new Map(
    stdout.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
  const address = fromUrl("npm", told.get("registry") ?? "");
  if (address === undefined || address.authorization !== undefined) return address;
  for (const key of ["userconfig", "globalconfig"]) {
    const text = await readText(told.get(key) ?? "");
    const authorization = npmAuthorization(text, address.url, env);
    if (authorization !== undefined) return { ...address, authorization };
  }
  return address;
}

/** npm reads its settings from variables of its own as well. */
function npmOnly(env: Env): Record<string, string> {
  const own = Object.entries(env).filter(([name]) => /^npm_config_/i.test(name));
  return Object.fromEntries(own.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** pip's index: its variable, then its files in pip's own order. */
export async function pypiAddress(env: Env): Promise<RegistryAddress | undefined> {
  const home = env["HOME"] ?? "/root";
  const files = [
    env["PIP_CONFIG_FILE"],
    join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "pip/pip.conf"),
    join(home, ".pip/pip.conf"),
    "/etc/pip.conf",
  ];
  const texts = await Promise.all(files.map((file) => readText(file ?? "")));
  for (const url of [env["PIP_INDEX_URL"], ...texts.map(indexUrl)]) {
    const address = fromUrl("pypi", url ?? "");
    if (address !== undefined) return address;
  }
  return undefined;
}

/** `index-url` of a pip.conf: what is for `pip install` alone wins over what is for all. */
export function indexUrl(text: string): string | undefined {
  const found = new Map<string, string>();
  let section = "";
  for (const line of text.split("\n")) {
    section = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim() ?? section;
    const value = /^index[-_]url\s*[=:]\s*(\S+)/.exec(line)?.[1];
    if (value !== undefined) found.set(section, value);
  }
  return found.get("install") ?? found.get("global");
}

/** The first proxy that Go's own settings name. */
export async function goAddress(env: Env): Promise<RegistryAddress | undefined> {
  const home = env["HOME"] ?? "/root";
  const file = env["GOENV"] ?? join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "go/env");
  const list = env["GOPROXY"] ?? /^GOPROXY=(.*)$/m.exec(await readText(file))?.[1] ?? "";
  for (const entry of list.split(/[,|]/)) {
    const address = fromUrl("go", entry.trim());
    if (address !== undefined) return address;
  }
  return undefined;
}

async function readText(file: string): Promise<string> {
  return file === "" ? "" : readFile(file, "utf8").catch(() => "");
}
