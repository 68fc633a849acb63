/** `@hop3/core/plugin-load`: finds plug-ins and imports them; not part of what they are written against. */
export { findConfigured } from "./configured.ts";
export * from "./load-plugins.ts";
export { findInstalled } from "./manifest.ts";
export { type PartNames, type PartOwner, partNames } from "./part-names.ts";
