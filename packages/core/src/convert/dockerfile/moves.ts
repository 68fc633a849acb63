import type { Draft } from "../draft.ts";
import { appPath } from "./origin.ts";
import { type Copied, isContext } from "./paths.ts";
import type { StageState } from "./state.ts";

interface Question {
  readonly state: StageState;
  readonly builders: readonly StageState[];
  /** Paths of the image that something else has dealt with. */
  readonly handled: readonly string[];
}

/** Directories of dependencies: the template makes them anew. */
const dependencies =
  /venv|node_modules|site-packages|\/usr\/local|vendor|\/gems|bundle|\.cargo|\.local/;

/** COPY may move files; in Hop3 they stay where they are in the repository. */
export function noteMoves(draft: Draft, { state, builders, handled }: Question): void {
  const root = rootOf(state);
  for (const copied of state.copies) {
    const { source, target, stage, place } = copied;
    if (handled.includes(target) || isContext(source) || source.includes("*")) continue;
    const builder = builders.find((each) => each.stage.index === stage);
    if (stage !== undefined && dependencies.test(source)) continue;
    const origin = keptAt(builder, copied);
    const kept = relativeTo(root, target);
    if (origin === kept) continue;
    const shown =
      stage === undefined ? source : `${source} of the stage ${builder?.stage.name ?? stage}`;
    const reason = `files stay where they are (${origin}); move it in a step of the build where the app looks for ${target}`;
    draft.warn(`COPY ${shown} is not carried over`, reason, place);
  }
}

function keptAt(builder: StageState | undefined, { source }: Copied): string {
  const path = builder === undefined ? source : (appPath(builder, source) ?? source);
  return path.replace(/^\.?\//, "").replace(/\/+$/, "");
}

/** Where the app's own directory is in the image. */
function rootOf({ copies, workdir }: StageState): string {
  const whole = copies.find(({ source, stage }) => stage === undefined && isContext(source));
  return whole?.target ?? workdir;
}

function relativeTo(root: string, target: string): string {
  const base = root === "/" ? "/" : `${root}/`;
  return target.startsWith(base) ? target.slice(base.length) : target;
}
