// @ts-check
import { join } from "node:path";
import { definePlugin, detectFiles } from "hop3/plugin";

/** @typedef {import("hop3/plugin").ToolchainContext} ToolchainContext */

/** What starts a Perl app, best first. */
const programs = ["app.pl", "server.pl", "script/app.pl"];

/**
 * Finds mistakes now rather than at the start of the app.
 * @param {ToolchainContext} context
 * @param {string} lib
 */
async function compileAll(context, lib) {
  const files = context.tree.paths().map(({ path }) => path);
  for (const file of files.filter((path) => /\.p[lm]$/.test(path))) {
    await context.run(["perl", `-I${lib}`, "-c", file], { cwd: context.appDir });
  }
}

/** @type {import("hop3/plugin").LanguageToolchain} */
const perl = {
  name: "perl",
  detect: (question) => detectFiles(question, [...programs, "cpanfile"]),
  // Names of the package set; the local builder puts them on PATH.
  tools: async () => ["perl"],
  async build(context) {
    const { appDir, tree } = context;
    const lib = join(appDir, "lib");
    if (tree.has("cpanfile")) {
      context.note("warning", "cpanfile is not read: put modules into lib/ or local/lib/perl5");
    }
    await compileAll(context, lib);
    const program = programs.find((file) => tree.has(file));
    return {
      env_vars: { PERL5LIB: [lib, join(appDir, "local/lib/perl5")].join(":") },
      ...(program === undefined ? {} : { workers: { web: { command: ["perl", program] } } }),
    };
  },
};

export default definePlugin({ name: "perl", toolchains: [perl] });
