import type { Target } from "../target.ts";

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "wasm32",
  "win32",
  "windows",
];
const processors = [
  "arm",
  "arm64",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "ppc64le",
  "riscv64",
  "s390x",
  "x64",
];

/**
 * Whether a package with a system in its name, as in esbuild-linux-64 and rollup-win32-x64-msvc, is for this one: Yarn 1
 * knows no more than the name before it has fetched a package. A name without a system is for all.
 */
export function nameRunsOn(name: string, target: Target): boolean {
  const words = name.split(/[/@_.-]+/);
  const own = words.filter((word) => systems.includes(word));
  if (name === "fsevents") return target.os === "darwin";
  if (own.length === 0) return true;
  const cpus = words.filter((word) => processors.includes(word));
  const foreignLibc = target.libc === "glibc" ? "musl" : "gnu";
  return (
    own.includes(target.os) &&
    (cpus.length === 0 || cpus.includes(target.cpu)) &&
    !words.includes(foreignLibc)
  );
}
