import { fromNix, type TextPart, variable } from "../launcher/text.ts";
import { nix } from "./expressions.ts";
import type { AppSpec, Rendering } from "./template.ts";

/** Where an app's own tree is run from. */
export interface AppTree {
  /** In front of `/path` in a command. */
  readonly home: TextPart;
  readonly rendering: Pick<Rendering, "writableTree" | "startIn">;
}

/**
 * The store, or the data directory where `needs-writable-dir` or `writable-home-at-runtime` say that
 * the app writes into its own tree: the server lays `path` of the package out there.
 */
export function appTree({ section }: AppSpec, path: string): AppTree {
  const isWritable =
    section["needs-writable-dir"] === true || section["writable-home-at-runtime"] === true;
  if (!isWritable) return { home: fromNix(nix.ref("package")), rendering: {} };
  const home = variable("HOP3_DATA_DIR");
  const startIn = path === "." ? [home] : [home, `/${path}`];
  return { home, rendering: { writableTree: [path], startIn } };
}
