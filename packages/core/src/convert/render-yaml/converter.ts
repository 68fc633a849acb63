import { checkDocument } from "../check-document.ts";
import type { Converter } from "../conversion.ts";
import { Draft } from "../draft.ts";
import { readYaml } from "../read-yaml.ts";
import { addonNameFrom } from "../services.ts";
import { RenderYaml } from "./schema.ts";
import { convertService } from "./service.ts";
import type { RenderWork } from "./work.ts";

export const renderYamlConverter: Converter = {
  id: "render-yaml",
  title: "render.yaml",
  files: ["render.yaml", "render.yml"],
  isImplicit: false,

  convert({ text, file }) {
    const document = readYaml(text, file);
    const draft = new Draft(file);
    const render = checkDocument(RenderYaml, document, draft);
    const work: RenderWork = { draft, document, render, apps: new Set(), kinds: new Map() };
    convertDatabases(work);
    noteKeyValueStores(work);
    for (const [index, service] of (render.services ?? []).entries()) {
      convertService(work, service, ["services", index]);
    }
    if (!render.services?.length) {
      const reason = "the file has no services";
      draft.warn("there is nothing to run", reason, document.placeOf([]));
    }
    return draft.finish();
  },
};

function convertDatabases({ draft, document, render, kinds }: RenderWork): void {
  const { databases = [] } = render;
  for (const [index, database] of databases.entries()) {
    const { name, postgresMajorVersion: version } = database;
    const own = databases.length > 1 ? addonNameFrom(name) : undefined;
    draft.addon({
      type: "postgres",
      ...(own === undefined ? {} : { name: own }),
      ...(version === undefined || version === "" ? {} : { version: String(version) }),
    });
    kinds.set(name, { type: "postgres", addon: own ?? "postgres" });
    draft.fact("database", `${name} as postgres`, document.placeOf(["databases", index]));
  }
}

/** Before the services that refer to them. */
function noteKeyValueStores({ draft, document, render, kinds }: RenderWork): void {
  const stores = [...(render.services ?? []).entries()].filter(([, { type }]) => isStore(type));
  for (const [index, { name }] of stores) {
    const own = stores.length > 1 ? addonNameFrom(name) : undefined;
    draft.addon({ type: "redis", ...(own === undefined ? {} : { name: own }) });
    kinds.set(name, { type: "redis", addon: own ?? "redis" });
    draft.fact("key value store", `${name} as redis`, document.placeOf(["services", index]));
  }
}

function isStore(type: string): boolean {
  return type === "redis" || type === "keyvalue";
}
