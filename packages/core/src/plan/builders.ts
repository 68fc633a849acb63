import type { LoadedConfig } from "../config/load.ts";
import { configDefaults } from "../config/values.ts";
import { formatPlace } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { SourceTree } from "../source/tree.ts";

export interface BuilderQuestion {
  readonly tree: SourceTree;
  readonly loaded: LoadedConfig;
}

export interface Acceptance {
  readonly accepted: boolean;
  readonly reason: string;
}

/** What a Plan knows of a Builder: whether it would take a Source, and why. Building is the server's part. */
export interface PlanBuilder {
  readonly name: string;
  /** False for a builder that this version knows by name only. */
  readonly isAvailable: boolean;
  accept(question: BuilderQuestion): Acceptance;
}

const nixBuilder: PlanBuilder = {
  name: "nix",
  isAvailable: true,
  accept({ tree, loaded }) {
    const file = loaded.config.build?.nix?.file ?? configDefaults.nixFile;
    if (tree.has(file)) return { accepted: true, reason: `found ${file}` };
    return { accepted: false, reason: missingFile(file, { tree, loaded }) };
  },
};

function missingFile(file: string, { tree, loaded }: BuilderQuestion): string {
  const { nix } = loaded.config;
  if (nix?.template !== undefined) {
    const place = loaded.placeOf(["nix", "template"]) ?? { file: "hop3.toml" };
    return `no ${file}, and this version cannot yet write one from the template '${nix.template}' (${formatPlace(place)})`;
  }
  const [guess] = nearest(
    file,
    tree.paths().map(({ path }) => path),
  );
  if (guess !== undefined) return `no ${file}; there is ${guess}`;
  return `no ${file} in the directory`;
}

const localBuilder: PlanBuilder = {
  name: "local",
  isAvailable: false,
  accept: () => ({ accepted: false, reason: "not available in this version" }),
};

const dockerBuilder: PlanBuilder = {
  name: "docker",
  isAvailable: false,
  accept({ tree }) {
    const found = tree.has("Dockerfile") ? "found Dockerfile, but this builder is " : "";
    return { accepted: false, reason: `${found}not available in this version` };
  },
};

/** Every builder, in the order in which they are asked: the first that accepts is chosen. */
export const planBuilders: readonly PlanBuilder[] = [nixBuilder, localBuilder, dockerBuilder];
