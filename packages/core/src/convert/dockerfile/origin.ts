import { absolutePath, findOrigin } from "./paths.ts";
import type { StageState } from "./state.ts";

/** The last stage, and those it takes files from. */
export interface Origins {
  readonly state: StageState;
  readonly builders: readonly StageState[];
}

/** What stands behind a path of the image. */
export type Origin =
  /** A file of the app. */
  | { readonly kind: "app"; readonly path: string }
  /** A program that a build makes. */
  | { readonly kind: "built"; readonly name: string };

/** Languages whose template puts what it has built under bin. */
const compiled: ReadonlySet<string> = new Set(["go", "rust"]);

/** Follows a path of the last stage back to where it comes from; undefined for what the image brings. */
export function originOf({ state, builders }: Origins, path: string): Origin | undefined {
  const found = findOrigin(absolutePath(path, state.workdir), state.copies);
  if (found === undefined) return undefined;
  if (found.stage === undefined) return { kind: "app", path: found.path };
  const builder = builders.find(({ stage }) => stage.index === found.stage);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (builder === undefined || isCompiled(builder)) return { kind: "built", name };
  const inApp = appPath(builder, `/${found.path}`);
  return inApp === undefined ? { kind: "built", name } : { kind: "app", path: inApp };
}

function isCompiled({ stage }: StageState): boolean {
  return compiled.has(stage.image.runtime?.toolchain ?? "");
}

/** Where a file of a stage stands in the app, whose directory is what the stage has copied. */
export function appPath({ copies, workdir }: StageState, path: string): string | undefined {
  const own = copies.filter(({ stage }) => stage === undefined);
  const found = findOrigin(path, own)?.path;
  if (found !== undefined) return found;
  return path.startsWith(`${workdir}/`) ? path.slice(workdir.length + 1) : undefined;
}
