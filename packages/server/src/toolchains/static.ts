import { posix } from "node:path";
import { encodeShellWord } from "@hop3/core";
import type { ToolchainBuild } from "@hop3/core/plugin";

/** Where a site's pages are, best first. */
const roots = ["dist", "build", "public", "_site", "."] as const;

/** Files as they are, served by a small web server of the package set. */
export const staticToolchain: ToolchainBuild = {
  name: "static",
  tools: async () => ["caddy"],
  async build({ appDir, tree }) {
    const root = roots.find((dir) => tree.has(posix.join(dir, "index.html"))) ?? ".";
    const site = encodeShellWord(posix.join(appDir, root));
    const command = `caddy file-server --root ${site} --listen $BIND_ADDRESS:$PORT`;
    return { workers: { web: { command } } };
  },
};
