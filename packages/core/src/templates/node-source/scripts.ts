import type { LockedPackage } from "../../lockfiles/lockfile.ts";

/** Whose install scripts run: those of every package, or those that the project names. */
export type ScriptPolicy = "all" | ReadonlySet<string>;

/** Packages whose scripts compile nothing: they look for what is installed already, or thank for it. */
const withoutCompiler: ReadonlySet<string> = new Set([
  "@swc/core",
  "@tailwindcss/oxide",
  "@prisma/client",
  "@prisma/engines",
  "core-js",
  "core-js-pure",
  "cypress",
  "es5-ext",
  "esbuild",
  "husky",
  "nx",
  "oxc-resolver",
  "playwright",
  "prisma",
  "protobufjs",
  "puppeteer",
  "sharp",
  "styled-components",
  "unrs-resolver",
  "vue-demi",
]);

/** What packages with native code depend on, where a lockfile does not say who runs scripts. */
const buildTools: ReadonlySet<string> = new Set([
  "@mapbox/node-pre-gyp",
  "bindings",
  "cmake-js",
  "nan",
  "node-addon-api",
  "node-gyp",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-pre-gyp",
  "prebuild-install",
]);

/** npm's own lockfiles know who has scripts; for the others the unpacked package decides. */
export function mayRunScripts(policy: ScriptPolicy, item: LockedPackage): boolean {
  if (item.hasInstallScript === false) return false;
  return policy === "all" || policy.has(item.name);
}

/** Compiler, make and Python are 300 MB that most apps need not wait for. */
export function needsCompiler(packages: readonly LockedPackage[]): boolean {
  return packages.some(({ name, hasInstallScript }) =>
    hasInstallScript === undefined
      ? buildTools.has(name)
      : hasInstallScript && !withoutCompiler.has(name),
  );
}
