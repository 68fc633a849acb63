/**
 * `@hop3/core/node`: the few readers of a directory that the server and the CLI share. Everything that
 * decides stays in core proper, which has no Node types at all; this entry has a tsconfig of its own, so
 * that the compiler still refuses `node:` anywhere else in core. A package of its own would add an install
 * and a version for five small files, and code in the server would make the CLI carry the server.
 */
export * from "./digest.ts";
export * from "./directory-tree.ts";
export * from "./open-source.ts";
export * from "./scan-source.ts";
export * from "./upload.ts";
export * from "./walk-source.ts";
