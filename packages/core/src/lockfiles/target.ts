/** The system that the app will run on. */
export interface Target {
  /** As Node names it: linux. */
  readonly os: string;
  /** As Node names it: x64, arm64. */
  readonly cpu: string;
  readonly libc: "glibc" | "musl";
  /** Minor version of glibc 2 (or of musl 1): decides which wheels run. */
  readonly libcMinor: number;
  /** Full version of Python. */
  readonly python: string;
}

/** Debian 12 on a PC. */
export const defaultTarget: Target = {
  os: "linux",
  cpu: "x64",
  libc: "glibc",
  libcMinor: 36,
  python: "3.11.2",
};

const machines: Readonly<Record<string, string>> = {
  x64: "x86_64",
  arm64: "aarch64",
  ia32: "i686",
  arm: "armv7l",
  ppc64: "ppc64le",
};

/** The processor as uname, wheels and gems name it. */
export function machineOf(target: Target): string {
  return machines[target.cpu] ?? target.cpu;
}
