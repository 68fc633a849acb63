import type { MetadataSection } from "../../config/sections.ts";
import type { Draft } from "../draft.ts";
import type { StageState } from "./state.ts";

const known: Readonly<
  Record<
    string,
    keyof MetadataSection &
      ("title" | "description" | "license" | "homepage" | "version" | "author")
  >
> = {
  "org.opencontainers.image.title": "title",
  "org.opencontainers.image.description": "description",
  "org.opencontainers.image.licenses": "license",
  "org.opencontainers.image.url": "homepage",
  "org.opencontainers.image.version": "version",
  "org.opencontainers.image.authors": "author",
  maintainer: "author",
  description: "description",
  version: "version",
};

/** LABEL and MAINTAINER describe the app where their names are those of the OCI. */
export function convertLabels(draft: Draft, state: StageState): void {
  for (const [name, { text, place }] of state.labels) {
    const key = Object.hasOwn(known, name) ? known[name] : undefined;
    if (key !== undefined && text !== "") draft.describe({ [key]: text });
    else draft.warn(`LABEL ${name} is not carried over`, "[metadata] has no key for it", place);
  }
}
