import { existsSync, globSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { type Lockfile, readLockfile, type SourceTree } from "@hop3/core";
import type {
  StepOptions,
  ToolchainBuild,
  ToolchainContext,
  ToolchainResult,
} from "@hop3/core/plugin";

/** Where the dependencies are named, best first. */
const lockfiles = ["uv.lock", "poetry.lock", "requirements.txt"] as const;

/** Python: one virtual environment per list of dependencies, the project itself beside it. */
export const pythonToolchain: ToolchainBuild = {
  name: "python",
  tools: async () => [
    "python3",
    "python3Packages.pip",
    "python3Packages.setuptools",
    "python3Packages.wheel",
    "gcc",
    "gnumake",
  ],
  async build(context) {
    const requirements = await requirementsOf(context);
    const venv = await makeVenv(context, requirements);
    const own = await installProject(context);
    return resultOf(context, { venv, own });
  },
};

/** The text that pip gets: lockfiles of other tools become pinned requirements with their hashes. */
async function requirementsOf(context: ToolchainContext): Promise<string> {
  const { tree } = context;
  const file = lockfiles.find((name) => tree.has(name));
  if (file === undefined) {
    context.note("info", "No requirements.txt, uv.lock or poetry.lock: pyproject.toml alone says");
    return "";
  }
  const text = await tree.readText(file);
  if (file === "requirements.txt") return text;
  return pinned(readLockfile({ file, text }, await readOptions(tree)));
}

async function readOptions(tree: SourceTree) {
  return tree.has("pyproject.toml") ? { manifest: await tree.readText("pyproject.toml") } : {};
}

function pinned({ packages }: Lockfile): string {
  const lines = packages
    .filter(({ dev }) => !dev)
    .map(({ name, version, hashes }) => {
      const known = hashes.map((hash) => {
        const [algorithm, digest = ""] = hash.split(/-(.*)/s);
        return ` --hash=${algorithm}:${Buffer.from(digest, "base64").toString("hex")}`;
      });
      return `${name}==${version}${known.join("")}`;
    });
  return `${lines.join("\n")}\n`;
}

async function makeVenv(context: ToolchainContext, requirements: string): Promise<string> {
  const { appDir } = context;
  const { texts, isOwn } = await readIncluded(context.tree, requirements);
  // What it takes from the app's own directory changes with every Source.
  const key = [requirements, ...texts, ...(isOwn ? [appDir] : [])];
  return context.dependencies(key, async (dir) => {
    await context.run(["python3", "-m", "venv", "--without-pip", dir]);
    if (requirements.trim() === "") return;
    const file = join(dir, "requirements.txt");
    await writeFile(file, requirements);
    const argv = ["-m", "pip", "--python", join(dir, "bin/python"), "install"] as const;
    // Relative lines of the file (-r, -e, ./lib) mean the app's own directory.
    const from = existsSync(join(appDir, "requirements.txt")) ? "requirements.txt" : file;
    await context.run(["python3", ...argv, "-r", from], withIndex(context));
  });
}

interface Included {
  readonly texts: readonly string[];
  /** Whether anything is installed from the app's own directory. */
  readonly isOwn: boolean;
}

const inclusion = /^\s*(?:-[rc]|--requirement|--constraint)[\s=]*(\S+)/gm;
const editable = /(?:-e|--editable)[\s=]+(?![\s=])(?![\w+]+:\/\/)/;
const ownRequirement = new RegExp(
  `^\\s*(?:${editable.source}|\\.|[\\w.-]+/|file:)|@\\s*file:`,
  "m",
);

/** Files that requirements.txt includes with -r and -c, and those that they include. */
async function readIncluded(
  tree: SourceTree,
  text: string,
  { from = ".", seen = new Set<string>() } = {},
): Promise<Included> {
  const texts: string[] = [];
  let isOwn = ownRequirement.test(text);
  for (const [, name = ""] of text.matchAll(inclusion)) {
    const file = normalize(join(from, name));
    if (seen.has(file) || !tree.has(file)) continue;
    seen.add(file);
    const included = await tree.readText(file);
    const below = await readIncluded(tree, included, { from: dirname(file), seen });
    texts.push(included, ...below.texts);
    isOwn ||= below.isOwn;
  }
  return { texts, isOwn };
}

/** A project with a build system is installed too, beside the environment that others share. */
async function installProject(context: ToolchainContext): Promise<string | undefined> {
  const { tree, appDir } = context;
  const text = tree.has("pyproject.toml") ? await tree.readText("pyproject.toml") : "";
  const isPackage = tree.has("setup.py") || /^\[build-system\]/m.test(text);
  if (!isPackage) return undefined;
  const target = join(appDir, ".hop3-site");
  const isSetuptools = tree.has("setup.py") || /setuptools/.test(text);
  const hasLock = lockfiles.some((file) => tree.has(file));
  await context.run(
    [
      "python3",
      ...["-m", "pip", "install", "."],
      ...["--target", target],
      ...(hasLock ? ["--no-deps"] : []),
      // setuptools is among the tools; other systems come from the index.
      ...(isSetuptools ? ["--no-build-isolation"] : []),
    ],
    withIndex(context),
  );
  return target;
}

function withIndex({ registries, cacheDir }: ToolchainContext): StepOptions {
  const { pypi } = registries;
  return {
    env: {
      PIP_CACHE_DIR: join(cacheDir, "pip"),
      PIP_DISABLE_PIP_VERSION_CHECK: "1",
      PIP_NO_INPUT: "1",
      PIP_ROOT_USER_ACTION: "ignore",
      ...(pypi === undefined ? {} : { PIP_INDEX_URL: `${pypi}/` }),
    },
  };
}

interface Made {
  readonly venv: string;
  readonly own: string | undefined;
}

async function resultOf(
  { tree, appDir }: ToolchainContext,
  { venv, own }: Made,
): Promise<ToolchainResult> {
  const bins = own === undefined ? [] : [join(own, "bin")];
  const command = await webCommand(tree, venv);
  const libraries = [...(own === undefined ? [] : [own]), ...sitePackages(venv)];
  return {
    env_vars: {
      VIRTUAL_ENV: venv,
      // The project's own commands start another Python than that of the environment: both find everything.
      PYTHONPATH: [appDir, ...libraries].join(":"),
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
    },
    path_prepend: [...bins, join(venv, "bin")],
    ...(command === undefined ? {} : { workers: { web: { command } } }),
  };
}

function sitePackages(venv: string): readonly string[] {
  return globSync(join(venv, "lib/python3*/site-packages"));
}

/** Only what is certain: a module of the usual name, and the server that the app itself depends on. */
async function webCommand(tree: SourceTree, venv: string): Promise<string | undefined> {
  const file = ["app.py", "main.py", "wsgi.py", "asgi.py"].find((name) => tree.has(name));
  if (file === undefined) return undefined;
  const variable = /^(app|application)\s*=/m.exec(await tree.readText(file))?.[1];
  if (variable === undefined) return undefined;
  const target = `${file.replace(/\.py$/, "")}:${variable}`;
  if (existsSync(join(venv, "bin/gunicorn"))) {
    return `gunicorn ${target} --bind $BIND_ADDRESS:$PORT`;
  }
  if (existsSync(join(venv, "bin/uvicorn"))) {
    return `uvicorn ${target} --host $BIND_ADDRESS --port $PORT`;
  }
  return undefined;
}
