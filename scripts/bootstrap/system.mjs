import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BootstrapError, failed, run } from "./common.mjs";

/** What the road needs from the machine itself; haproxy, s6 and busybox come through the package set. */
const needs = [
  { debian: "nix-bin", has: () => ["nix-instantiate", "nix-build", "nix-store"].every(onPath) },
  { debian: "git", has: () => onPath("git") },
  { debian: "util-linux", has: () => onPath("setpriv") },
  { debian: "ca-certificates", has: () => certificateFiles.some((path) => existsSync(path)) },
];

/** Engines of the docker builder, what makes the machine of their own that they run in, both ends of SSH, a browser. */
const testNeeds = [
  ["podman", "/usr/bin/podman"],
  ["crun", "/usr/bin/crun"],
  ["containernetworking-plugins", "/usr/lib/cni/bridge"],
  ["docker.io", "/usr/sbin/dockerd"],
  ["iptables", "/usr/sbin/iptables"],
  ["systemd-sysv", "/usr/lib/systemd/systemd"],
  ["dbus", "/usr/bin/dbus-daemon"],
  ["procps", "/usr/bin/pgrep"],
  ["iproute2", "/usr/sbin/ip"],
  ["openssh-client", "/usr/bin/ssh"],
  ["openssh-server", "/usr/sbin/sshd"],
  ["openssl", "/usr/bin/openssl"],
  ["chromium", "/usr/bin/chromium"],
].map(([debian, file]) => ({ debian, has: () => existsSync(file) }));

const certificateFiles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/** Other distributions install it themselves: their root account is not ours to use on a guess. */
const otherCommands = {
  fedora: "dnf install -y nix git",
  arch: "pacman -S --needed nix git",
  alpine: "apk add nix git setpriv nodejs",
};

const isRoot = process.getuid?.() === 0;
const lockedMessage = /Could not get lock|Unable to (acquire|lock)|is another process using it/i;
const lockPatienceMs = 600_000;

export function systemStep({ forTests }) {
  const wanted = forTests && isRoot && onPath("apt-get") ? [...needs, ...testNeeds] : needs;
  const missing = wanted.filter((need) => !need.has()).map((need) => need.debian);
  const lacksLists = isRoot && onPath("apt-get") && !hasPackageLists();
  if (missing.length === 0 && !isRoot && !storeIsOpen()) missing.push("nix-setup-systemd");
  if (missing.length === 0 && !lacksLists) return undefined;
  const parts = [
    ...(lacksLists ? ["apt-get update"] : []),
    ...(missing.length > 0 ? [`apt-get install ${missing.join(" ")}`] : []),
  ];
  return {
    what: parts.join(", then "),
    assertPossible: () => assertMayInstall(missing),
    run: () => install(missing, lacksLists),
  };
}

function onPath(program) {
  const fallback = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const directories = (process.env.PATH ?? fallback).split(delimiter);
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The Debian package set reads the same lists, so they are needed even where Nix is there already. */
function hasPackageLists() {
  try {
    return readdirSync("/var/lib/apt/lists").some((name) => name.includes("_Packages"));
  } catch {
    return false;
  }
}

/** Without root a build needs the Nix daemon, or a store of one's own. */
function storeIsOpen() {
  return ["/nix/var/nix/daemon-socket/socket", "/nix/store"].some((path) => {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function assertMayInstall(missing) {
  if (isRoot && onPath("apt-get")) return;
  const list = missing.join(", ");
  throw new BootstrapError(
    `this machine lacks ${list}, and only root on Debian or Ubuntu gets it installed by itself\nhint  Run this once, then try again: ${theOneCommand(missing)}`,
  );
}

function theOneCommand(missing) {
  const sudo = isRoot ? "" : "sudo ";
  if (!onPath("apt-get")) {
    const command = distributionIds()
      .map((id) => otherCommands[id])
      .find((text) => text !== undefined);
    return command === undefined
      ? "your distribution's install command for Nix 2.8 or newer, git and setpriv"
      : `${sudo}${command}`;
  }
  // A user's builds go through the daemon, which lets members of nix-users in.
  const packages = [...new Set([...missing, "nix-setup-systemd"])].join(" ");
  const user = process.env.USER ?? "$(id -un)";
  return `sudo sh -c "apt-get update && apt-get install -y ${packages} && adduser ${user} nix-users" && exec newgrp nix-users`;
}

function distributionIds() {
  const fields = {};
  try {
    for (const line of readFileSync("/etc/os-release", "utf8").split("\n")) {
      const [key, value = ""] = line.split("=");
      fields[key] = value.replaceAll('"', "");
    }
  } catch {
    return [];
  }
  return [fields.ID, ...(fields.ID_LIKE ?? "").split(" ")];
}

async function install(missing, lacksLists) {
  if (lacksLists) await aptOrFail(["update"]);
  if (missing.length === 0) return;
  const args = ["install", "-y", "--no-install-recommends", ...missing];
  const first = await apt(args);
  if (first.code === 0) return;
  // Lists older than the mirror name files that are gone, and a killed dpkg wants to be finished.
  if (first.output.includes("dpkg --configure -a")) await run("dpkg", ["--configure", "-a"]);
  else await aptOrFail(["update"]);
  await aptOrFail(args);
}

async function aptOrFail(args) {
  const result = await apt(args);
  if (result.code !== 0) throw failed(["apt-get", ...args], result);
}

/** apt-get, patient with another one that holds a lock: not every lock of apt has a time-out. */
async function apt(args) {
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const giveUpAt = Date.now() + lockPatienceMs;
  let told = false;
  for (;;) {
    const result = await run("apt-get", ["-q", ...args], { env });
    const isLocked = result.code !== 0 && lockedMessage.test(result.output);
    if (!isLocked || Date.now() > giveUpAt) return result;
    if (!told) process.stderr.write("waiting for another apt or dpkg to end ... ");
    told = true;
    await sleep(2_000);
  }
}
