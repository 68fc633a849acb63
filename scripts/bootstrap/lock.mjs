import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./common.mjs";

const lockFile = join(root, ".node/bootstrap.lock");

/** Runs `action` while no other bootstrap of this checkout installs anything. */
export async function withLock(action) {
  mkdirSync(join(root, ".node"), { recursive: true });
  let told = false;
  while (!tryLock()) {
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

function tryLock() {
  try {
    writeFileSync(lockFile, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  // A killed run leaves its lock behind; whoever finds it takes it away and tries again.
  if (!isRunning(readHolder())) rmSync(lockFile, { force: true });
  return false;
}

function readHolder() {
  try {
    return Number(readFileSync(lockFile, "utf8"));
  } catch {
    return 0;
  }
}

function isRunning(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
