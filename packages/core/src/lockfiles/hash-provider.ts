import type { SourceTree } from "../source/tree.ts";
import type { MissingHash } from "./hop3-lock.ts";
import type { Target } from "./target.ts";

/** What a provider gets to see. */
export interface HashQuestion {
  readonly tree: SourceTree;
  /** Text of the files that `reads` names, of those there are. */
  readonly files: ReadonlyMap<string, string>;
  readonly target?: Partial<Target> | undefined;
}

/** Says which dependencies of one kind of lockfile need hop3.lock, and which files each consists of. Pure. */
export interface HashProvider {
  readonly name: string;
  reads(tree: SourceTree): readonly string[];
  missing(question: HashQuestion): readonly MissingHash[];
}
