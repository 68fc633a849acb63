import { nixpkgsWrapper } from "./nixpkgs-wrapper/template.ts";
import { staticSite } from "./static-site/template.ts";
import type { Template } from "./template.ts";

/** Every template, in the order in which they are shown; each has a folder of its name here. */
export const templates: readonly Template[] = [nixpkgsWrapper, staticSite];
