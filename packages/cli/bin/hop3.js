#!/usr/bin/env node
// Plain JavaScript that Node 20 can run: it answers --version, then finds a Node that can run the rest.

const oldestNode = 24;
const [only, ...others] = process.argv.slice(2);

if (only === "--version" && others.length === 0) {
  const { readFileSync } = await import("node:fs");
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  process.stdout.write(`${JSON.parse(manifest).version}\n`);
} else if (Number.parseInt(process.versions.node, 10) >= oldestNode) {
  await runHere();
} else {
  await runElsewhere();
}

async function runHere() {
  // An import would read every export of the module, and some of those load what is not needed here.
  const { enableCompileCache, registerHooks } = process.getBuiltinModule("node:module");
  const { join } = process.getBuiltinModule("node:path");
  // Not below /tmp, Node's own choice: whoever may write there could hand us code to run.
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  const base = cache || (home && join(home, ".cache"));
  if (base) enableCompileCache(join(base, "hop3", "node"));
  registerHooks({ resolve: resolveWithoutLocales });
  const isCheckout = process.execArgv.includes("--conditions=hop3-source");
  await import(isCheckout ? "../src/main.ts" : "../dist/main.js");
}

/**
 * zod imports its messages in fifty languages through one file: half of the time that it takes to load, and 10 MB of a
 * server's memory. English, the only one in use, comes from a file of its own.
 */
function resolveWithoutLocales(specifier, context, next) {
  const isLocales = specifier === "../locales/index.js" && /\/zod\/v4\//.test(context.parentURL);
  if (!isLocales) return next(specifier, context);
  return { url: "data:text/javascript,", format: "module", shortCircuit: true };
}

async function runElsewhere() {
  const [{ spawn }, { createRequire }, { constants }, { dirname, join }] = await Promise.all([
    import("node:child_process"),
    import("node:module"),
    import("node:os"),
    import("node:path"),
  ]);
  const name = `node-${process.platform}-${process.arch}`;
  let node;
  try {
    const require = createRequire(import.meta.url);
    node = join(dirname(require.resolve(`${name}/package.json`)), "bin", "node");
  } catch {
    process.stderr.write(
      `error NODE_TOO_OLD  hop3 needs Node ${oldestNode} or later; this is ${process.version} (${process.execPath})\n` +
        `hint  Install one beside hop3, with -g where hop3 was: npm install ${name}@${oldestNode}\n`,
    );
    process.exitCode = 1;
    return;
  }
  const script = process.argv[1];
  const child = spawn(node, [...process.execArgv, script, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // A terminal sends these to the child as well; our part is only to outlive it.
  for (const signal of ["SIGINT", "SIGQUIT"]) process.on(signal, () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    process.stderr.write(`error NODE_BROKEN  cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once("close", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
