import type { SourceTree } from "../../source/tree.ts";
import type { Detection, DetectQuestion } from "../template.ts";

/** Web archives of an app: in its root, or where Maven and Gradle leave theirs. */
export function findWars(tree: SourceTree): readonly string[] {
  return tree
    .paths()
    .map(({ path }) => path)
    .filter((path) => /^(?:target\/|build\/libs\/)?[^/]+\.war$/i.test(path));
}

export function detectJavaWar({ tree, loaded }: DetectQuestion): Detection {
  const wars = findWars(tree);
  const wanted = loaded.config.nix?.["war-file"];
  const [first, second] = wanted !== undefined && tree.has(wanted) ? [wanted] : wars;
  if (first === undefined) return { fits: false, reason: "no .war" };
  if (second === undefined) return { fits: true, reason: `found ${first}` };
  return { fits: false, reason: `found ${wars.join(", ")}: [nix] war-file says which` };
}
