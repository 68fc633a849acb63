import type { LockedLink, LockedPlace } from "../lockfile.ts";
import { type Edge, type HoistRoot, hoist } from "./hoist.ts";

interface LayoutRequest {
  /** The app first, then its workspaces. */
  readonly roots: readonly HoistRoot[];
  dependenciesOf(id: string): readonly Edge[];
  roleOf(id: string): { readonly dev: boolean; readonly optional: boolean };
  /** Directory of the app that an id stands for, where it does. */
  localOf(id: string): string | undefined;
}

interface Layout {
  placesOf(id: string): readonly LockedPlace[];
  readonly links: readonly LockedLink[];
}

/** Where Yarn's node_modules linker puts packages, as far as a program can tell the difference. */
export function layOutYarn({ roots, dependenciesOf, roleOf, localOf }: LayoutRequest): Layout {
  const places = new Map<string, readonly LockedPlace[]>();
  const links: LockedLink[] = [];
  for (const { path, id, link } of hoist(roots, dependenciesOf)) {
    const local = localOf(id);
    const to = local ?? link;
    const { dev, optional } = roleOf(id);
    if (to !== undefined) links.push({ path, to, dev: local === undefined && dev });
    else places.set(id, [...(places.get(id) ?? []), { path, dev, optional }]);
  }
  return { placesOf: (id) => places.get(id) ?? [], links };
}
