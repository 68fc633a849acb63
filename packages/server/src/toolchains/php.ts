import { join } from "node:path";
import { encodeShellWord, phpExtensionsOf, type SourceTree } from "@hop3/core";
import type { ToolchainBuild, ToolchainContext } from "@hop3/core/plugin";

const documentRoots = ["public", "web", "htdocs", "."] as const;
/** Requests that PHP's own server answers at a time: as many as the php-app template has. */
const parallelRequests = "8";

/** PHP: packages of composer.lock into vendor/, and PHP's own server with several workers. */
export const phpToolchain: ToolchainBuild = {
  name: "php",
  async tools(tree) {
    if (!tree.has("composer.json")) return ["php"];
    const extensions = await extensionsOf(tree);
    const names = extensions.map((name) => `phpExtensions.${name}`);
    return ["php", ...names, "phpPackages.composer", "git", "unzip"];
  },
  async build(context) {
    const { tree, appDir } = context;
    if (tree.has("composer.json")) await installPackages(context);
    const root = encodeShellWord(join(appDir, documentRoot(tree)));
    return {
      env_vars: { PHP_CLI_SERVER_WORKERS: parallelRequests },
      path_prepend: [join(appDir, "vendor/bin")],
      workers: { web: { command: `php -S $BIND_ADDRESS:$PORT -t ${root}` } },
    };
  },
};

const nothingLocked = JSON.stringify({ packages: [] });

/** Those that Composer would refuse to install without; a file that cannot be read is left for it to name. */
async function extensionsOf(tree: SourceTree): Promise<readonly string[]> {
  const lock = tree.has("composer.lock") ? await tree.readText("composer.lock") : nothingLocked;
  try {
    return phpExtensionsOf(await tree.readText("composer.json"), lock);
  } catch {
    return [];
  }
}

function documentRoot(tree: SourceTree): string {
  return documentRoots.find((dir) => tree.has(join(dir, "index.php"))) ?? ".";
}

async function installPackages(context: ToolchainContext): Promise<void> {
  const { tree, cacheDir, registries } = context;
  if (!tree.has("composer.lock")) {
    const text = "No composer.lock: versions are chosen at build time. Commit it";
    context.note("warning", text);
  }
  const { packagist } = registries;
  const env = {
    COMPOSER_HOME: join(cacheDir, "composer"),
    COMPOSER_CACHE_DIR: join(cacheDir, "composer/cache"),
    COMPOSER_ALLOW_SUPERUSER: "1",
  };
  if (packagist !== undefined) {
    const repository = JSON.stringify({ type: "composer", url: packagist });
    await context.run(["composer", "config", "--global", "repositories.packagist", repository], {
      env,
    });
  }
  const flags = ["--no-dev", "--no-interaction", "--no-progress", "--optimize-autoloader"];
  await context.run(["composer", "install", ...flags], { env });
}
