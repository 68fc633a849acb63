import { join } from "node:path";
import type { ToolchainBuild, ToolchainContext } from "@hop3/core/plugin";

/** Go: every command of the module into one directory; downloads and compiled packages stay in the cache. */
export const goToolchain: ToolchainBuild = {
  name: "go",
  tools: async () => ["go", "gcc", "git"],
  async build(context) {
    const { tree, appDir } = context;
    const bin = join(appDir, ".hop3-bin");
    const vendored = tree.has("vendor/modules.txt") ? ["-mod=vendor"] : ["-mod=readonly"];
    const env = environment(context);
    await context.run(["mkdir", "-p", bin]);
    await context.run(["go", "build", "-trimpath", ...vendored, "-o", `${bin}/`, "./..."], { env });
    const listed = await context.capture(
      ["go", "list", ...vendored, "-f", '{{if eq .Name "main"}}{{.Target}}{{end}}', "./..."],
      { env },
    );
    const commands = listed
      .split("\n")
      .flatMap((line) => line.split("/").slice(-1).filter(Boolean));
    const [only, other] = commands;
    return {
      path_prepend: [bin],
      // Of several commands none is certainly the one that serves.
      ...(only === undefined || other !== undefined ? {} : { workers: { web: { command: only } } }),
    };
  },
};

function environment({ tree, cacheDir, registries }: ToolchainContext): Record<string, string> {
  const { go } = registries;
  return {
    GOPATH: join(cacheDir, "go"),
    GOMODCACHE: join(cacheDir, "go/pkg/mod"),
    GOCACHE: join(cacheDir, "build"),
    GOFLAGS: "-buildvcs=false",
    GOTOOLCHAIN: "local",
    // Static where nothing is in C: such a program needs no library of the machine it runs on.
    CGO_ENABLED: tree.paths().some(({ path }) => /\.(?:c|cc|cpp)$/.test(path)) ? "1" : "0",
    // go.sum is what vouches for the modules; the public log of sums is no part of a private mirror.
    ...(go === undefined ? {} : { GOPROXY: go, GONOSUMDB: "*" }),
  };
}
