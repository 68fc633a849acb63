import { join } from "node:path";
import type { CatalogueUpdated, RecipeSet } from "@hop3/core";
import type { Home } from "../home.ts";
import type { ServerSettings } from "../settings.ts";
import { catalogueNotConfigured } from "./catalogue-errors.ts";
import { type CatalogueStore, findBuiltInCatalogue, openCatalogue } from "./store.ts";
import { openDownloaded, updateCatalogue } from "./update.ts";

/** The recipes that this server offers. */
export interface Catalogue {
  current(): Promise<CatalogueStore>;
  /** Takes over the newest one of the configured address; one at a time. */
  update(signal: AbortSignal): Promise<CatalogueUpdated>;
  /** The package set that decides what runs here. */
  set(): Promise<RecipeSet>;
}

interface CatalogueParts {
  readonly home: Home;
  readonly settings: ServerSettings;
  /** Where the built-in one is, where that is elsewhere than in this program. */
  readonly builtInDir?: string;
  readonly now?: () => Date;
  set(): Promise<RecipeSet>;
}

export function makeCatalogue(parts: CatalogueParts): Catalogue {
  const { home, settings, builtInDir, now = () => new Date(), set } = parts;
  const dir = join(home.dir, "catalogue");
  const { url, key } = settings.catalogue;
  const open = async (): Promise<{ builtIn: CatalogueStore; current: CatalogueStore }> => {
    const builtIn = await openCatalogue(builtInDir ?? findBuiltInCatalogue(), "built-in");
    const downloaded = key === undefined ? undefined : await openDownloaded(dir, key, builtIn);
    return { builtIn, current: downloaded ?? builtIn };
  };
  let opened: ReturnType<typeof open> | undefined;
  const state = (): ReturnType<typeof open> => {
    if (opened !== undefined) return opened;
    const opening = open();
    opened = opening;
    // What failed once, a disk or a file, may work the next time.
    opening.catch(() => {
      if (opened === opening) opened = undefined;
    });
    return opening;
  };
  let turn: Promise<unknown> = Promise.resolve();
  const update: Catalogue["update"] = async (signal) => {
    if (url === undefined || key === undefined) throw catalogueNotConfigured({});
    const known = await state();
    const { store, updated } = await updateCatalogue({ url, key, dir, ...known, signal, now });
    opened = Promise.resolve({ builtIn: known.builtIn, current: store });
    return updated;
  };
  return {
    set,
    current: async () => (await state()).current,
    update(signal) {
      const result = turn.then(() => update(signal));
      turn = result.catch(() => {});
      return result;
    },
  };
}
