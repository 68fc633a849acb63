import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readLockfile } from "@hop3/core";
import type { ToolchainBuild, ToolchainContext } from "@hop3/core/plugin";
import { z } from "zod";

/** What cargo says of each thing that it has made. */
const Made = z.object({
  reason: z.literal("compiler-artifact"),
  executable: z.string(),
  target: z.object({ kind: z.array(z.string()) }),
});

/** Rust: the programs of the workspace into one directory; what was compiled stays in the App's cache. */
export const rustToolchain: ToolchainBuild = {
  name: "rust",
  // python3 fetches the crates, for registries that answer downloads alone.
  tools: async () => ["cargo", "rustc", "gcc", "pkg-config", "git", "python3"],
  async build(context) {
    const { appDir, cacheDir, tree } = context;
    const bin = join(appDir, ".hop3-bin");
    const crates = await lockedCrates(context);
    const locked = tree.has("Cargo.lock") ? ["--locked"] : [];
    if (locked.length === 0) {
      context.note("warning", "No Cargo.lock: versions are chosen at build time. Commit it");
    }
    const env = {
      CARGO_HOME: join(cacheDir, "cargo"),
      CARGO_TARGET_DIR: join(cacheDir, "target"),
      CARGO_TERM_COLOR: "never",
    };
    const flags = [...locked, ...crates, "--message-format=json-render-diagnostics"];
    const said = await context.capture(["cargo", "build", "--release", ...flags], { env });
    const programs = programsIn(said);
    await context.run(["mkdir", "-p", bin]);
    // The directory of the cache also holds programs of other builds.
    if (programs.length > 0) await context.run(["cp", ...programs, bin]);
    const [only, other] = programs.map((path) => path.slice(path.lastIndexOf("/") + 1));
    return {
      path_prepend: [bin],
      // Of several programs none is certainly the one that serves.
      ...(only === undefined || other !== undefined ? {} : { workers: { web: { command: only } } }),
    };
  },
};

function programsIn(messages: string): readonly string[] {
  return messages.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    const made = Made.safeParse(JSON.parse(line));
    return made.success && made.data.target.kind.includes("bin") ? [made.data.executable] : [];
  });
}

/** Crates of Cargo.lock from the configured registry, once for each lockfile, as options of cargo. */
async function lockedCrates(context: ToolchainContext): Promise<readonly string[]> {
  const { tree, registries } = context;
  const { crates } = registries;
  if (crates === undefined || !tree.has("Cargo.lock")) return [];
  const text = await tree.readText("Cargo.lock");
  if (/^source = "git\+/m.test(text)) {
    context.note(
      "warning",
      "Cargo.lock has git dependencies: cargo fetches all from its own index",
    );
    return [];
  }
  const { packages } = readLockfile({ file: "Cargo.lock", text });
  const dir = await context.dependencies([text], async (place) => {
    const list = packages.map(({ name, version, integrity }) => ({
      url: `${crates}/${name}/${version}/download`,
      directory: `${name}-${version}`,
      sha256: Buffer.from(integrity.replace("sha256-", ""), "base64").toString("hex"),
    }));
    await writeFile(join(place, "crates.json"), JSON.stringify(list));
    await context.run(["mkdir", "vendor"], { cwd: place });
    await context.run(["python3", "-I", "-c", fetchScript], { cwd: place });
  });
  return [
    ...["--offline", "--config", 'source.crates-io.replace-with="hop3"'],
    ...["--config", `source.hop3.directory=${JSON.stringify(join(dir, "vendor"))}`],
  ];
}

const fetchScript = `import hashlib, io, json, sys, tarfile, urllib.request
for crate in json.load(open("crates.json")):
    data = urllib.request.urlopen(crate["url"]).read()
    if hashlib.sha256(data).hexdigest() != crate["sha256"]:
        sys.exit(crate["url"] + " is not what Cargo.lock says")
    tarfile.open(fileobj=io.BytesIO(data)).extractall("vendor")
    with open("vendor/" + crate["directory"] + "/.cargo-checksum.json", "w") as file:
        json.dump({"files": {}, "package": crate["sha256"]}, file)
`;
