import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessSpec } from "@hop3/core/plugin";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestbed, type Testbed, until } from "../../test/testbed.ts";
import { run } from "../proc/run.ts";
import { printExecline } from "./execline.ts";
import { readLogs } from "./logs.ts";
import { makeS6Supervisor } from "./s6-supervisor.ts";
import { isSupervised, makeServiceTree } from "./service-tree.ts";

/** Far more than a Process needs that ends when it is told to. */
const patienceMs = 120_000;
const isRoot = process.getuid?.() === 0;
const ready = "console.log('ready');setInterval(()=>{},1000);";
const node = (script: string): ProcessSpec["argv"] => [process.execPath, "-e", script];

async function svscanPid(scanDir: string): Promise<number> {
  for (const pid of await readdir("/proc")) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("s6-svscan\0") && command.includes(`${scanDir}\0`)) return Number(pid);
  }
  throw new Error("s6-svscan does not run");
}

async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

describe("makeS6Supervisor", () => {
  let bed: Testbed;

  beforeAll(async () => {
    bed = await makeTestbed();
    await bed.supervisor.ensureRunning();
  });

  afterAll(async () => {
    const { home } = bed;
    await bed.close();
    await expect(stat(home.runtimeDir)).rejects.toThrow("ENOENT");
  });

  const texts = (spec: ProcessSpec): Promise<string[]> =>
    readLogs(spec.serviceDir, { lines: 1_000 }).then((records) => records.map(({ text }) => text));
  const start = async (spec: ProcessSpec): Promise<number> => {
    await bed.supervisor.start(spec);
    await until(async () => (await texts(spec)).includes("ready"));
    // On a busy machine the Process may be quicker than the one that writes down that it runs.
    return until(async () => (await bed.supervisor.statusOf(spec.id)).pid);
  };
  const isAlive = (pid: number): Promise<boolean> =>
    readFile(`/proc/${pid}/stat`, "utf8").then(
      (text) => !/\) Z /.test(text),
      () => false,
    );

  it("starts, reports and stops, and keeps the log alone", async () => {
    const spec = bed.spec("a.plain", node(ready), { stopTimeoutMs: patienceMs });
    const pid = await start(spec);
    expect(await bed.supervisor.statusOf("a.plain")).toMatchObject({ state: "up", pid, deaths: 0 });
    expect((await bed.supervisor.status()).map(({ id }) => id)).toContain("a.plain");

    const before = performance.now();
    await bed.supervisor.stop("a.plain");
    expect(performance.now() - before).toBeLessThan(patienceMs / 2);
    expect(await isAlive(pid)).toBe(false);
    expect(await isSupervised(spec.serviceDir)).toBe(false);
    expect(await isSupervised(join(spec.serviceDir, "log"))).toBe(false);
    expect(await bed.supervisor.statusOf("a.plain")).toMatchObject({ state: "missing" });
    for (const dir of ["env", "sock", "scan"]) {
      expect(await readdir(join(bed.home.runtimeDir, dir))).not.toContain("a.plain");
    }
    expect(await texts(spec)).toContain("ready");
    await bed.supervisor.stop("a.plain");
  });

  it("passes any argument and any variable, and nothing of its own environment", async () => {
    const text = fc.string({
      unit: fc.constantFrom(
        "$",
        "{",
        "}",
        "\\",
        '"',
        "'",
        "\n",
        "\r",
        "\t",
        " ",
        "#",
        "é",
        "😀",
        "a",
        ";",
        "`",
      ),
    });
    const values = [
      "",
      " ",
      "\n",
      "x\n\n",
      "$HOME",
      "\\",
      "y".repeat(70_000),
      ...fc.sample(text, 200),
    ];
    const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
    const file = join(bed.home.dir, "echo.cjs");
    const seenAll = "JSON.stringify([process.argv.slice(2), process.env])";
    await writeFile(file, `require("fs").writeFileSync(process.env.OUT, ${seenAll});${ready}`);
    const out = join(bed.home.dir, "out.json");
    const args = values.filter((value) => value.length < 1_000);
    const spec = bed.spec("a.bytes", [process.execPath, file, ...args], {
      env: { ...env, OUT: out },
    });
    await start(spec);
    const [argv, seen] = JSON.parse(await readFile(out, "utf8"));
    expect(argv).toEqual(args);
    expect(seen).toEqual(spec.env);
    await bed.supervisor.stop("a.bytes");
  });

  it("prints execline that means exactly its arguments", async () => {
    const file = join(bed.home.dir, "script");
    const print = join(bed.home.dir, "print.cjs");
    await writeFile(print, "process.stdout.write(JSON.stringify(process.argv.slice(2)))");
    const argument = fc
      .oneof(fc.string({ unit: "binary" }), fc.string())
      .map((text) => text.replaceAll("\0", "").toWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 20 }), async (args) => {
        await writeFile(file, printExecline(bed.binDir, [process.execPath, print, "--", ...args]), {
          mode: 0o755,
        });
        const { stdout } = await run({ argv: [join(bed.binDir, "execlineb"), "-P", file] });
        expect(JSON.parse(stdout)).toEqual(["--", ...args]);
      }),
      { numRuns: 40 },
    );
  });

  it("kills what ignores the stop signal, and its children", async () => {
    const child =
      "process.on('SIGTERM',()=>{});setInterval(()=>{},1000);console.log('child',process.pid);";
    const script = `process.on('SIGTERM',()=>{});require('child_process').spawn(process.execPath,['-e',${JSON.stringify(`${child}console.log('ready')`)}],{stdio:'inherit'});setInterval(()=>{},1000)`;
    const spec = bed.spec("a.deaf", node(script), { stopTimeoutMs: 300 });
    const pid = await start(spec);
    const childPid = Number(
      (await texts(spec)).find((line) => line.startsWith("child"))?.split(" ")[1],
    );
    const before = performance.now();
    await bed.supervisor.stop("a.deaf");
    const took = performance.now() - before;
    expect(took).toBeGreaterThan(280);
    expect([await isAlive(pid), await isAlive(childPid)]).toEqual([false, false]);
  });

  it("lets children of a wrapper end in their own way", async () => {
    const child =
      "process.on('SIGTERM',()=>{console.log('bye');process.exit()});setInterval(()=>{},1000);console.log('ready')";
    const spec = bed.spec("a.wrapped", [
      join(bed.binDir, "busybox"),
      "sh",
      "-c",
      '"$@"; true',
      "sh",
      ...node(child),
    ]);
    await start(spec);
    await bed.supervisor.stop("a.wrapped");
    expect(await texts(spec)).toContain("bye");
  });

  it("starts a crashed Process again, at once and then ever later, without this program", async () => {
    const spec = bed.spec("a.crash", node("console.log('start');process.exit(7)"), {
      stopTimeoutMs: patienceMs,
    });
    await bed.supervisor.start(spec);
    const status = await until(async () => {
      const found = await bed.supervisor.statusOf("a.crash");
      return found.deaths >= 3 && found.state === "backing-off" && found;
    });
    expect(status).toMatchObject({
      state: "backing-off",
      lastExit: { code: 7, signal: undefined },
    });
    await until(async () => (await readFile(join(spec.serviceDir, "penalty"), "utf8")) === "2\n");
    const before = performance.now();
    await bed.supervisor.stop("a.crash");
    expect(performance.now() - before).toBeLessThan(patienceMs / 2);
  });

  it("reports a death by signal, and removes the socket that is in the way", async () => {
    const spec = bed.spec(
      "a.socket",
      node(
        "require('net').createServer().listen(process.env.HOP3_SOCKET,()=>console.log('ready'))",
      ),
    );
    const pid = await start(spec);
    await sleep(1_100);
    process.kill(pid, "SIGKILL");
    const status = await until(async () => {
      const found = await bed.supervisor.statusOf("a.socket");
      return found.state === "up" && found.pid !== pid && found;
    });
    expect(status).toMatchObject({ deaths: 1, lastExit: { code: undefined, signal: "SIGKILL" } });
    await until(async () => (await texts(spec)).filter((line) => line === "ready").length === 2);
    await bed.supervisor.stop("a.socket");
  });

  it("restarts on request without counting it as a crash", async () => {
    const spec = bed.spec("a.again", node(ready));
    const pid = await start(spec);
    await bed.supervisor.restart("a.again");
    const fresh = await until(async () => {
      const found = await bed.supervisor.statusOf("a.again");
      return found.state === "up" && found.pid !== pid && found.pid;
    });
    expect(fresh).not.toBe(pid);
    await expect(stat(join(spec.serviceDir, "penalty"))).rejects.toThrow("ENOENT");
    await bed.supervisor.stop("a.again");
  });

  it("does not start again what shall stay down", async () => {
    const spec = bed.spec("a.once", node("process.exit(0)"), { restart: false });
    await bed.supervisor.start(spec);
    const status = await until(async () => {
      const found = await bed.supervisor.statusOf("a.once");
      return found.state === "stopped" && found;
    });
    expect(status).toMatchObject({ deaths: 1, lastExit: { code: 0 } });
    await bed.supervisor.stop("a.once");
  });

  it("is found again by another life of this program", async () => {
    await start(bed.spec("a.lasting", node(ready)));
    const again = makeS6Supervisor({
      tree: makeServiceTree({ home: bed.home, binDir: bed.binDir }),
    });
    await again.ensureRunning();
    expect(await again.statusOf("a.lasting")).toMatchObject({ state: "up" });
    await again.start(bed.spec("a.lasting", node(ready)));
    await again.stop("a.lasting");
    expect(await bed.supervisor.statusOf("a.lasting")).toMatchObject({ state: "missing" });
  });

  it("survives the death of its root: nothing stops, and stop and start go on", async () => {
    const spec = bed.spec("a.orphan", node(ready));
    const pid = await start(spec);
    const root = await svscanPid(bed.home.scanDir);
    process.kill(root, "SIGKILL");
    await until(async () => !(await bed.tree.isRunning()));
    expect(await isAlive(pid)).toBe(true);
    await start(bed.spec("a.later", node(ready)));
    expect(await bed.supervisor.statusOf("a.orphan")).toMatchObject({ state: "up", pid });
    await bed.supervisor.stop("a.orphan");
    expect(await isAlive(pid)).toBe(false);
    await bed.supervisor.stop("a.later");
  });

  it("ends the logger although a child that left the group holds its pipe", async () => {
    const how = "['-e','setTimeout(()=>{},20000)'],{stdio:'inherit',detached:true}";
    const script = `console.log(require('child_process').spawn(process.execPath,${how}).pid);${ready}`;
    const spec = bed.spec("a.escaped", node(script));
    await start(spec);
    const escaped = Number((await texts(spec))[0]);
    await bed.supervisor.stop("a.escaped");
    expect(await isSupervised(join(spec.serviceDir, "log"))).toBe(false);
    process.kill(escaped, "SIGKILL");
  });

  it("reads the status of fifty Processes in less time than one by one", async () => {
    const sleeper = [join(bed.binDir, "busybox"), "sleep", "1000"] as const;
    const specs = Array.from({ length: 50 }, (_, index) => bed.spec(`b.${index}`, sleeper));
    await Promise.all(specs.map((spec) => bed.supervisor.start(spec)));
    const countUp = async () =>
      (await bed.supervisor.status()).filter(({ state }) => state === "up").length;
    await until(async () => (await countUp()) === 50);
    const together: number[] = [];
    for (let round = 0; round < 3; round++) {
      together.push(await durationOf(() => bed.supervisor.status()));
    }
    const oneByOne = await durationOf(async () => {
      for (const { id } of specs) await bed.supervisor.statusOf(id);
    });
    expect(Math.min(...together)).toBeLessThan(oneByOne);
    await Promise.all(specs.map((spec) => bed.supervisor.stop(spec.id)));
  });

  it.runIf(isRoot)("gives up its rights and shares sockets with the router alone", async () => {
    const supervisor = makeS6Supervisor({ tree: bed.tree, routerGid: 700_000 });
    const busybox = join(bed.binDir, "busybox");
    const script =
      'b=$1; $b id; $b umask 2>/dev/null; $b stat -c "%u %g %a" "$2"; echo ready; exec $b sleep 1000';
    const spec = bed.spec(
      "a.user",
      [busybox, "sh", "-c", script, "sh", busybox, bed.home.socketDir("a.user")],
      {
        user: { uid: 700_123, gid: 700_123 },
      },
    );
    await supervisor.start(spec);
    await until(async () => (await texts(spec)).includes("ready"));
    const lines = await texts(spec);
    expect(lines[0]).toMatch(/uid=700123 gid=700123/);
    expect(lines[0]).not.toMatch(/\(root\)/);
    expect(lines).toContain("700123 700000 2770");
    expect((await stat(bed.home.envDir("a.user"))).mode & 0o777).toBe(0o700);
    await supervisor.stop("a.user");
  });
});
