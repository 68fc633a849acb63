import { existsSync, statfsSync } from "node:fs";
import type { DoctorCheck } from "@hop3/core";
import type { Check } from "@hop3/core/plugin";
import { findEngine } from "./build/docker/engine.ts";
import type { Platform } from "./deploy/platform.ts";
import { unroutedDomains } from "./deploy/routes.ts";
import { run } from "./proc/run.ts";

const lowSpaceBytes = 2 * 1024 ** 3;

/** What is looked at, less its name. */
type Finding = Omit<DoctorCheck, "name">;

interface Examined {
  /** Complete by the time that anybody asks. */
  readonly platform: () => Platform;
  readonly packageSet: () => Promise<string>;
}

/** What an operator should know about this machine, each with what to do about it. */
export function makeChecks({ platform, packageSet }: Examined): readonly Check[] {
  const disks = ["/nix/store", "home"] as const;
  return [
    { name: "Nix", check: () => checkNix(platform()) },
    { name: "sandbox", check: async () => checkSandbox(platform()) },
    {
      name: "package set",
      check: async () => ({ state: "ok", message: await packageSet() }),
    },
    { name: "runtime directory", check: async () => checkRuntimeDir(platform()) },
    ...disks.map((place) => ({
      name: "disk",
      check: async () => checkSpace(place === "home" ? platform().home.dir : place),
    })),
    { name: "git", check: () => checkProgram("git", "needed for git push") },
    { name: "containers", check: checkEngine },
    { name: "isolation", check: async () => checkUsers(platform()) },
    { name: "domains", check: async () => checkDomains(platform()) },
    { name: "processes", check: () => checkProcesses(platform()) },
  ];
}

async function checkNix(platform: Platform): Promise<Finding> {
  try {
    const version = await platform.nix.version();
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const isOld = major < 2 || (major === 2 && minor < 8);
    if (!isOld) return { state: "ok", message: `version ${version}` };
    const hint = "Install nix-bin from Debian 12 or newer";
    return { state: "problem", message: `version ${version} is older than 2.8`, hint };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { state: "problem", message, hint: "apt-get install nix-bin" };
  }
}

function checkSandbox({ settings }: Platform): Finding {
  if (settings.policy.sandbox) return { state: "ok", message: "builds run in the sandbox" };
  return {
    state: "warning",
    message: "builds run outside the sandbox; their tier is 'unpinned'",
    hint: "Set [policy] sandbox = true in server.toml",
  };
}

function checkRuntimeDir({ home }: Platform): Finding {
  if (home.runtimeIsTmpfs) return { state: "ok", message: `${home.runtimeDir} (tmpfs)` };
  return {
    state: "warning",
    message: `${home.runtimeDir} is on a disk: decrypted variables of running apps reach it`,
    hint: "Mount a tmpfs on /run or /dev/shm and restart the server",
  };
}

function checkSpace(path: string): Finding {
  if (!existsSync(path)) return { state: "ok", message: `${path}: not there` };
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  const message = `${path}: ${(free / 1e9).toFixed(1)} GB free`;
  if (free > lowSpaceBytes) return { state: "ok", message };
  return {
    state: "warning",
    message,
    hint: "Destroy what is not needed (hop3 releases, hop3 destroy), then: nix-store --gc",
  };
}

async function checkProgram(name: string, purpose: string): Promise<Finding> {
  const result = await run({ argv: [name, "--version"] });
  if (!result.missing) return { state: "ok", message: result.stdout.trim().split("\n")[0] ?? "" };
  return {
    state: "warning",
    message: `not found; ${purpose}`,
    hint: `apt-get install ${name}`,
  };
}

/** Few apps need one, so none at all is no fault; one that does not work is. */
async function checkEngine(): Promise<Finding> {
  const { engine, problems } = await findEngine();
  if (engine !== undefined) {
    const { program, version, rootless } = engine;
    const rights = rootless ? "without root" : "as root";
    return { state: "ok", message: `${program} ${version}, ${rights}` };
  }
  const message = `${problems.join("; ")}: an app that has nothing but a Dockerfile is refused`;
  const isBroken = problems.some((problem) => !problem.endsWith("not installed"));
  if (!isBroken) return { state: "ok", message };
  const hint = "Start what is installed (systemctl start docker), or apt-get install podman";
  return { state: "warning", message, hint };
}

function checkUsers({ isolateUsers }: Platform): Finding {
  if (isolateUsers) return { state: "ok", message: "every app runs under a user of its own" };
  return {
    state: "warning",
    message: "the server is not root, so all apps run under its own user",
    hint: "Run the server as root to give each app a user of its own",
  };
}

function checkDomains(platform: Platform): Finding {
  const unrouted = unroutedDomains(platform);
  if (unrouted.length === 0) return { state: "ok", message: "every app is reached by its names" };
  return {
    state: "warning",
    message: `${unrouted.join(", ")}: not routed, since these are the server's own names now`,
    hint: "Give the server another [server] url or --domain, or the app another name",
  };
}

async function checkProcesses(platform: Platform): Promise<Finding> {
  const states = await platform.supervisor.status();
  const troubled = states.filter((status) => status.state !== "up").map((status) => status.id);
  if (troubled.length === 0) return { state: "ok", message: `${states.length} up` };
  return {
    state: "problem",
    message: `${troubled.length} of ${states.length} are not up: ${troubled.slice(0, 5).join(", ")}`,
    hint: "hop3 ps APP; hop3 logs APP",
  };
}
