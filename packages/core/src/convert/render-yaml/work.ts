import type { LocatedDocument } from "../conversion.ts";
import type { Draft } from "../draft.ts";
import type { AddonType } from "../services.ts";
import type { RenderYaml } from "./schema.ts";

/** One render.yaml under way. */
export interface RenderWork {
  readonly draft: Draft;
  readonly document: LocatedDocument;
  readonly render: RenderYaml;
  /** Directories that services have named as theirs. */
  readonly apps: Set<string>;
  /** Backing services by the name that the file gives them. */
  readonly kinds: Map<string, { readonly type: AddonType; readonly addon: string }>;
}
