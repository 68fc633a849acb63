import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ToolchainBuild, ToolchainContext } from "@hop3/core/plugin";

/** Ruby: gems once per Gemfile.lock, in a directory that Bundler is pointed at. */
export const rubyToolchain: ToolchainBuild = {
  name: "ruby",
  // coreutils: Makefiles of extensions call `install`, which not every busybox has.
  tools: async () => ["ruby", "bundler", "gcc", "gnumake", "coreutils", "git", "pkg-config"],
  async build(context) {
    const { tree } = context;
    const gems = tree.has("Gemfile") ? await installGems(context) : undefined;
    const command = tree.has("config.ru") ? rackCommand(gems !== undefined) : undefined;
    return {
      env_vars: {
        RACK_ENV: "production",
        RAILS_ENV: "production",
        ...(gems === undefined ? {} : bundlerVariables(context, gems)),
      },
      path_prepend: gems === undefined ? [] : [join(gems, "bin")],
      ...(command === undefined ? {} : { workers: { web: { command } } }),
    };
  },
};

async function installGems(context: ToolchainContext): Promise<string> {
  const { tree, appDir } = context;
  const files = ["Gemfile", "Gemfile.lock", ".ruby-version"].filter((file) => tree.has(file));
  if (!tree.has("Gemfile.lock")) {
    context.note("warning", "No Gemfile.lock: versions are chosen at build time. Commit it");
  }
  const texts = await Promise.all(files.map((file) => tree.readText(file)));
  const gems = await context.dependencies(texts, async (dir) => {
    for (const file of files) await copyFile(join(appDir, file), join(dir, file));
    await forgetBundler(join(dir, "Gemfile.lock"));
    const env = { ...bundlerVariables(context, dir), BUNDLE_FROZEN: String(files.length > 1) };
    await context.run(["bundle", "install", "--jobs", "4"], { cwd: dir, env });
    await context.run(["bundle", "binstubs", "--all", "--path", join(dir, "bin")], {
      cwd: dir,
      env,
    });
  });
  return gems;
}

/** The version that wrote the lockfile: Bundler would fetch and start it, where ours reads the file as well. */
async function forgetBundler(lockfile: string): Promise<void> {
  const text = await readFile(lockfile, "utf8").catch(() => undefined);
  if (text === undefined) return;
  await writeFile(lockfile, text.replace(/\nBUNDLED WITH\n.*\n?$/s, ""));
}

/** Bundler reads these instead of a .bundle/config in the tree. */
function bundlerVariables(
  { registries, cacheDir }: ToolchainContext,
  dir: string,
): Record<string, string> {
  const { rubygems } = registries;
  return {
    BUNDLE_GEMFILE: join(dir, "Gemfile"),
    BUNDLE_PATH: join(dir, "gems"),
    BUNDLE_WITHOUT: "development:test",
    BUNDLE_USER_HOME: join(cacheDir, "bundle"),
    BUNDLE_APP_CONFIG: join(dir, ".bundle"),
    BUNDLE_DISABLE_SHARED_GEMS: "true",
    ...(rubygems === undefined ? {} : { BUNDLE_MIRROR__ALL: rubygems }),
  };
}

function rackCommand(hasGems: boolean): string {
  const start = hasGems ? "bundle exec rackup" : "rackup";
  return `${start} --host $BIND_ADDRESS --port $PORT`;
}
