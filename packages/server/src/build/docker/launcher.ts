import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Engine, engineEnvironment } from "./engine.ts";
import { launchScript, reapScript } from "./launch-script.ts";

/** What the launcher of one image reads. */
export interface LauncherFiles {
  readonly engine: Pick<Engine, "kind" | "program">;
  readonly image: string;
  readonly port: number | undefined;
  /** uid and gid of the image's user, who gets the directories that the image itself does not have. */
  readonly owner: string;
  readonly label: string;
  readonly volumes: readonly string[];
}

/** The program that starts every command of a Release in this directory. */
export function launcherIn(dir: string): string {
  return join(dir, "launch");
}

/** Before the names of the App's variables: none of them may mean anything to a program with the server's rights. */
const variablePrefix = "HOP3_SET_";

/** The environment of a launcher: its own, and the App's as data. */
export function launcherEnvironment(
  env: Readonly<Record<string, string>>,
  runtimeDir: string,
): Record<string, string> {
  const given = Object.entries(env).map(([name, value]) => [`${variablePrefix}${name}`, value]);
  return { ...engineEnvironment(), HOP3_RUNTIME_DIR: runtimeDir, ...Object.fromEntries(given) };
}

/** Writes the directory of one built image. The launcher itself comes last: with it the directory is whole. */
export async function writeLauncher(dir: string, files: LauncherFiles): Promise<void> {
  const { engine, image, port, owner, label } = files;
  const container = [engine.program, engine.kind, image, port ?? "", owner, label];
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(join(dir, "container"), `${container.join("\n")}\n`);
  const volumes = files.volumes.map((path) => `${path.slice(1).replaceAll("/", "+")} ${path}\n`);
  await writeFile(join(dir, "volumes"), volumes.join(""));
  await writeFile(join(dir, "reap"), reapScript);
  await writeFile(launcherIn(dir), launchScript, { mode: 0o755 });
}

export interface KnownImage {
  readonly dir: string;
  readonly engine: Pick<Engine, "kind" | "program">;
  readonly image: string;
}

/** What is kept of an App's images; a directory that a kill left half-made has none. */
export async function readLaunchers(root: string): Promise<readonly KnownImage[]> {
  const names = await readdir(root).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const dir = join(root, name);
      const text = await readFile(join(dir, "container"), "utf8").catch(() => undefined);
      const [program, kind, image] = text?.split("\n") ?? [];
      if (program === undefined || kind === undefined || image === undefined) return [];
      const engine = { program, kind: kind === "docker" ? kind : "podman" } as const;
      return [{ dir, engine, image }];
    }),
  );
  return found.flat();
}

export async function removeLauncher(launcher: string): Promise<void> {
  await rm(dirname(launcher), { recursive: true, force: true });
}
