import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../src/proc/run.ts";

export type EngineName = "podman" | "docker";

/** Runs the engine of this machine; its output where it succeeds. */
export async function engine(name: EngineName, ...args: readonly string[]): Promise<string> {
  const result = await run({ argv: [name, ...args] });
  if (result.exitCode === 0) return result.stdout.trim();
  throw new Error(`${name} ${args.join(" ")}: ${result.stderr}`);
}

/** Leaves one engine on the machine, and starts its daemon where it has one. */
export async function prepareEngine(name: EngineName): Promise<ChildProcess | undefined> {
  if (name === "podman") {
    await removePrograms("docker", "dockerd");
    return undefined;
  }
  await removePrograms("podman");
  const daemon = spawn("dockerd", [], { stdio: "ignore" });
  for (let round = 0; round < 200; round++) {
    const asked = await run({ argv: ["docker", "version"] });
    if (asked.exitCode === 0) return daemon;
    await sleep(100);
  }
  throw new Error("dockerd does not start");
}

/** The machine is a copy: what is removed here is removed nowhere else. */
export async function removePrograms(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const dir of ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin"]) {
      await rm(`${dir}/${name}`, { force: true });
    }
  }
}

const applets = "sh ls cat sleep httpd env id mkdir echo touch kill rm cp wget printf".split(" ");

/** An image to begin with, made of busybox alone: no registry can be reached. */
export async function importBase(name: EngineName, busybox: string): Promise<void> {
  const root = "/tmp/base";
  for (const dir of ["bin", "usr/bin", "tmp", "etc", "root", "var", "proc", "sys", "dev"]) {
    await mkdir(`${root}/${dir}`, { recursive: true });
  }
  await copyFile(busybox, `${root}/bin/busybox`);
  for (const applet of applets) await symlink("busybox", `${root}/bin/${applet}`);
  const passwd = "root:x:0:0:root:/root:/bin/sh\nweb:x:1234:1235:web:/tmp:/bin/sh\n";
  await writeFile(`${root}/etc/passwd`, passwd);
  await writeFile(`${root}/etc/group`, "root:x:0:\nweb:x:1235:\n");
  await run({ argv: ["tar", "-C", root, "-cf", "/tmp/base.tar", "."] });
  await engine(name, "import", "/tmp/base.tar", "localhost/base:1");
}

/** Everything that the engine has: containers, podman's working ones too, and images with what has no name. */
export async function holdings(
  name: EngineName,
): Promise<{ containers: string[]; images: string[] }> {
  const external = name === "podman" ? ["--external"] : [];
  const list = async (...args: readonly string[]): Promise<string[]> =>
    (await engine(name, ...args))
      .split("\n")
      .filter((line) => line !== "")
      .sort();
  return {
    containers: await list("ps", "-a", ...external, "--format", "{{.ID}} {{.Image}} {{.Command}}"),
    images: await list("images", "-a", "--format", "{{.ID}} {{.Repository}}"),
  };
}
