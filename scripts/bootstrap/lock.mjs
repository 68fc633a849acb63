import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./common.mjs";

const lockFile = join(root, ".node/bootstrap.lock");

/** Runs `action` while no other bootstrap of this checkout installs anything. */
export async function withLock(action) {
  mkdirSync(join(root, ".node"), { recursive: true });
  let told = false;
  while (!tryLock()) {
    if (!isHeld()) {
      // A killed run leaves its lock behind; whoever finds it takes it away.
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!told) process.stderr.write("bootstrap: waiting for another one in this checkout\n");
    told = true;
    await sleep(200);
  }
  try {
    return await action();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** Linked, not created: the lock is never there without its holder's number in it. */
function tryLock() {
  const own = `${lockFile}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`);
  try {
    linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Whether the process that wrote the lock is alive, and not another one that got its number since. */
function isHeld() {
  try {
    const pid = readFileSync(lockFile, "utf8").trim();
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("bootstrap");
  } catch {
    return false;
  }
}
