import type { LocatedDocument } from "../conversion.ts";
import type { Draft } from "../draft.ts";
import type { FlyToml } from "./schema.ts";

/** One fly.toml under way. */
export interface FlyWork {
  readonly draft: Draft;
  readonly document: LocatedDocument;
  readonly fly: FlyToml;
}
