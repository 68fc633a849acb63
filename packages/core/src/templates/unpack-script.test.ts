import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nix } from "../nix/build.ts";
import { type ArchiveKind, unpackCommands } from "./unpack-script.ts";

let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hop3-unpack-"));
  mkdirSync(join(dir, "tree"));
  mkdirSync(join(dir, "build"));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(dir, "tree", dirname(path)), { recursive: true });
    writeFileSync(join(dir, "tree", path), path);
  }
}

/** Packs the tree with this program; the archive lies beside it. */
function pack(...argv: readonly [string, ...string[]]): void {
  const [program, ...args] = argv;
  execFileSync(program, args, { cwd: join(dir, "tree"), stdio: "ignore" });
}

interface Options {
  readonly kind?: ArchiveKind;
  readonly root?: string;
  readonly dropsTop?: boolean;
}

/** Runs the commands as a builder does; what it says, and what is in `app` then. */
function unpack({ kind = "tar", root = "", dropsTop = true }: Options = {}) {
  const archive = nix.string(join(dir, "archive"));
  const parts = unpackCommands({ kind, archive, fileName: "it's one.php", root, dropsTop });
  const text = parts.map((part) => (typeof part === "string" ? part : join(dir, "archive")));
  const script = `set -eu -o pipefail\nexport LC_ALL=C\n${text.join("")}`;
  const ran = spawnSync("bash", ["-c", script], { cwd: join(dir, "build"), encoding: "utf8" });
  const found = ran.status === 0 ? readdirSync(join(dir, "build/app"), { recursive: true }) : [];
  return { ...ran, files: found.map(String).sort() };
}

type Row = readonly [
  name: string,
  paths: readonly string[],
  options: Options,
  expected: readonly string[],
];

const accepted: readonly Row[] = [
  ["one directory at the top", ["top/a", "top/b c/d"], {}, ["a", "b c", "b c/d"]],
  ["several things at the top", ["a", "b/c"], {}, ["a", "b", "b/c"]],
  ["one file at the top", ["a"], {}, ["a"]],
  ["a top that is kept", ["top/a"], { dropsTop: false }, ["top", "top/a"]],
  ["a directory of it", ["x/y z/a", "x/b"], { root: "x/y z", dropsTop: false }, ["a"]],
  ["names that look like options", ["-rf", "--x y"], {}, ["--x y", "-rf"]],
];

describe("an archive that is unpacked", () => {
  it.each(accepted)("%s", (_name, ...[paths, options, expected]) => {
    write(...paths);
    for (const kind of ["tar", "zip"] as const) {
      rmSync(join(dir, "build"), { recursive: true });
      mkdirSync(join(dir, "build"));
      if (kind === "tar")
        pack("tar", "-czf", "../archive", "--", ...readdirSync(join(dir, "tree")));
      else pack("python3", "-c", zipAll);
      const { files, stderr } = unpack({ kind, ...options });
      expect(files, `${kind} ${stderr}`).toEqual(expected);
    }
  });

  it("is a single file with the name of its address", () => {
    writeFileSync(join(dir, "archive"), "<?php");
    expect(unpack({ kind: "file" }).files).toEqual(["it's one.php"]);
  });

  it("may hold links that stay inside, and names with arrows", () => {
    write("top/lib/real.so", "top/a -> b", "top/x link to y");
    symlinkSync("../lib/real.so", join(dir, "tree/top/lib/link"));
    symlinkSync("lib/none/yet", join(dir, "tree/top/dangling"));
    pack("tar", "-cjf", "../archive", "top");
    expect(unpack().files).toEqual([
      "a -> b",
      "dangling",
      "lib",
      "lib/link",
      "lib/real.so",
      "x link to y",
    ]);
  });
});

const zipAll = `import os, zipfile
with zipfile.ZipFile("../archive", "w", zipfile.ZIP_DEFLATED) as out:
    for base, _, files in os.walk("."):
        for file in files: out.write(os.path.join(base, file))
`;

/** An archive that no program packs by itself: [name, type, target or size]. */
function tarOf(entries: string): string {
  return `import io, tarfile
with tarfile.open("../archive", "w:gz") as out:
    for name, kind, more in ${entries}:
        info = tarfile.TarInfo(name)
        info.type = kind.encode()
        if kind in "12": info.linkname = more
        data = b"x" * (more if kind == "0" else 0)
        info.size = len(data)
        out.addfile(info, io.BytesIO(data))
`;
}

describe("an archive that is refused", () => {
  it.each([
    ["a name that leads out", `[("a/../../b", "0", 1)]`, "it holds a/../../b, which leads out"],
    ["an absolute name", `[("/tmp/hop3-x", "0", 1)]`, "it holds /tmp/hop3-x, which leads out"],
    ["an absolute link", `[("a/l", "2", "/etc/passwd")]`, "its link a/l leads to /etc/passwd"],
    ["a link that leads out", `[("a/l", "2", "../../x")]`, "its link a/l leads to ../../x"],
    ["a link through a link", `[("a/s", "2", "."), ("a/l", "2", "s/../../x")]`, "its link a/l"],
    ["a device", `[("a/null", "3", 0)]`, "it holds a/null, a device or pipe"],
    ["a pipe", `[("a/pipe", "6", 0)]`, "it holds a/pipe, a device or pipe"],
  ])("%s", (_name, entries, reason) => {
    pack("python3", "-c", tarOf(entries));
    const { status, stderr } = unpack();
    expect(status, stderr).toBe(1);
    expect(stderr).toContain(`hop3-error: ARCHIVE_UNSAFE ${reason}`);
  });

  it("a bomb, without unpacking it", () => {
    const size = 5 * 1024 ** 3;
    const bomb = `import gzip, tarfile
info = tarfile.TarInfo("zeros"); info.size = ${size}
with gzip.open("../archive", "wb", 1) as out:
    out.write(info.tobuf())
    for _ in range(64): out.write(bytes(1024 * 1024))
`;
    pack("python3", "-c", bomb);
    const { status, stderr } = unpack();
    expect(status).toBe(1);
    expect(stderr).toContain("ARCHIVE_UNSAFE it is larger than 4 GiB once unpacked\n");
    expect(readdirSync(join(dir, "build"))).toEqual(["found"]);
  });

  it("300,001 files", () => {
    const one = `import tarfile; open("../one", "wb").write(tarfile.TarInfo("f").tobuf())`;
    pack("python3", "-c", one);
    const headers = Buffer.alloc(512 * 300_001, readFileSync(join(dir, "one")));
    writeFileSync(join(dir, "archive"), gzipSync(headers, { level: 1 }));
    expect(unpack().stderr).toBe("hop3-error: ARCHIVE_UNSAFE it holds more than 300000 files\n");
  });

  it.each(["../../x", "/etc/passwd"])("a hard link to %s, with the words of tar", (target) => {
    pack("python3", "-c", tarOf(`[("a/l", "1", "${target}")]`));
    expect(unpack()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Cannot hard link"),
    });
  });

  it("what is no archive, with the words of the program", () => {
    writeFileSync(join(dir, "archive"), "<html>not found</html>".repeat(100));
    expect(unpack()).toMatchObject({ status: 1, stderr: expect.stringContaining("tar") });
    expect(unpack({ kind: "zip" }).status).not.toBe(0);
  });

  it("a zip with a name that leads out", () => {
    const zip = `import zipfile
with zipfile.ZipFile("../archive", "w") as out: out.writestr("../../evil", "x")
`;
    pack("python3", "-c", zip);
    expect(unpack({ kind: "zip" }).stderr).toContain("it holds ../../evil, which leads out of it");
  });
});
