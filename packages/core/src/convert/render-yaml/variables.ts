import type { KeyPath } from "../../config/positions.ts";
import type { Place } from "../../errors.ts";
import { addonVariable } from "../services.ts";
import type { EnvVar } from "./schema.ts";
import type { RenderWork } from "./work.ts";

/** The variables of a service, those of the groups it names included. */
export function convertVariables(work: RenderWork, list: readonly EnvVar[], path: KeyPath): void {
  for (const [index, variable] of list.entries()) {
    const place = work.document.placeOf([...path, index]);
    if (variable.fromGroup !== undefined) convertGroup(work, variable.fromGroup, place);
    else if (variable.key === undefined) {
      work.draft.warn("a variable without key is not carried over", "it has no name", place);
    } else convertVariable(work, { ...variable, key: variable.key }, place);
  }
}

function convertGroup(work: RenderWork, name: string, place: Place): void {
  const groups = work.render.envVarGroups ?? [];
  const index = groups.findIndex((group) => group.name === name);
  const group = groups[index];
  if (group === undefined) {
    const reason = "the file does not define it; its variables live at Render";
    work.draft.warn(`the group ${name} is not carried over`, reason, place);
    return;
  }
  // A group that names a group is not possible at Render either: those entries have no key.
  const plain = (group.envVars ?? []).map(({ fromGroup: _, ...variable }) => variable);
  convertVariables(work, plain, ["envVarGroups", index, "envVars"]);
}

type NamedVar = EnvVar & { readonly key: string };

function convertVariable(work: RenderWork, variable: NamedVar, place: Place): void {
  const { draft } = work;
  const { key, value, generateValue, sync, fromDatabase, fromService } = variable;
  if (value !== undefined) draft.variable(key, value, place);
  else if (generateValue === true) {
    draft.variable(key, { generate: "base64", length: 32 }, place);
    draft.fact("generated secret", key, place);
  } else if (fromDatabase !== undefined) {
    convertReference(work, { key, ...fromDatabase, place });
  } else if (fromService !== undefined) {
    const property = fromService.property ?? fromService.envVarKey ?? "";
    convertReference(work, { key, name: fromService.name, property, place });
  } else {
    const reason = sync === false ? "it is set by hand at Render too" : "the file has no value";
    draft.missingVariable(key, reason, place);
  }
}

interface Reference {
  readonly key: string;
  readonly name: string;
  readonly property: string;
  readonly place: Place;
}

function convertReference(work: RenderWork, { key, name, property, place }: Reference): void {
  const service = work.kinds.get(name);
  const found = service === undefined ? undefined : addonVariable(service.type, property);
  if (service !== undefined && found !== undefined) {
    work.draft.variable(key, { from: service.addon, key: found }, place);
    return;
  }
  const reason =
    service === undefined
      ? `it is the ${property} of ${name}, which is no backing service of this app; set the address`
      : `${service.type} has no variable for its ${property}`;
  work.draft.missingVariable(key, reason, place);
}
