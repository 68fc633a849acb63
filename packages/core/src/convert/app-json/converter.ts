import type { Place } from "../../errors.ts";
import { checkDocument } from "../check-document.ts";
import type { Converter, LocatedDocument } from "../conversion.ts";
import { Draft } from "../draft.ts";
import { readJson } from "../read-json.ts";
import { runtimeOfBuildpack } from "../runtimes.ts";
import { addonNameFrom, addonType, noSuchService } from "../services.ts";
import { AppJson, type Variable } from "./schema.ts";

export const appJsonConverter: Converter = {
  id: "app-json",
  title: "app.json of Heroku",
  files: ["app.json"],
  isImplicit: true,

  convert({ text, file }) {
    const document = readJson(text, file);
    const draft = new Draft(file);
    if (isOfAnotherTool(document.value)) {
      const reason = "it configures a mobile app (Expo), not a platform";
      draft.warn("nothing of this app.json is used", reason, document.placeOf(["expo"]));
      return draft.finish();
    }
    const app = checkDocument(AppJson, document, draft);
    convertMetadata({ draft, document, app });
    convertVariables({ draft, document, app });
    convertAddons({ draft, document, app });
    convertProcesses({ draft, document, app });
    convertBuildpacks({ draft, document, app });
    return draft.finish();
  },
};

interface Work {
  readonly draft: Draft;
  readonly document: LocatedDocument;
  readonly app: AppJson;
}

/** Expo keeps its own settings under the same file name. */
function isOfAnotherTool(value: unknown): boolean {
  return typeof value === "object" && value !== null && "expo" in value;
}

function convertMetadata({ draft, document, app }: Work): void {
  const { name, description, website, repository, keywords = [] } = app;
  const homepage = website || repository;
  draft.describe({
    ...(name ? { title: name } : {}),
    ...(description ? { description } : {}),
    ...(homepage ? { homepage } : {}),
    ...(keywords.length === 0 ? {} : { tags: keywords }),
  });
  if (name) draft.fact("name", name, document.placeOf(["name"]));
}

function convertVariables({ draft, document, app }: Work): void {
  for (const [name, variable] of Object.entries(app.env ?? {})) {
    const place = document.placeOf(["env", name]);
    if (typeof variable === "object") convertVariable(draft, { name, variable, place });
    else draft.variable(name, variable, place);
  }
}

interface Written {
  readonly name: string;
  readonly variable: Variable;
  readonly place: Place;
}

function convertVariable(draft: Draft, { name, variable, place }: Written): void {
  const { value, generator, required = true } = variable;
  if (generator === "secret") {
    draft.variable(name, { generate: "hex", length: 32 }, place);
    draft.fact("generated secret", name, place);
    return;
  }
  if (generator !== undefined) {
    const reason = 'the only generator that is known is "secret"';
    draft.warn(`the generator '${generator}' of ${name} is not carried over`, reason, place);
  }
  if (value !== undefined) draft.variable(name, value, place);
  else draft.missingVariable(name, missingReason(required, variable.description), place);
}

function missingReason(isRequired: boolean, description: string | undefined): string {
  const need = isRequired ? "the app needs one" : "it is optional";
  const about = description?.trim();
  return about === undefined || about === "" ? need : `${need} (${about})`;
}

function convertAddons({ draft, document, app }: Work): void {
  for (const [index, addon] of (app.addons ?? []).entries()) {
    const place = document.placeOf(["addons", index]);
    const { plan, as, options } = typeof addon === "string" ? { plan: addon } : toPlain(addon);
    const type = addonType(plan);
    if (type === undefined) {
      draft.warn(`the addon '${plan}' is not carried over`, noSuchService, place);
      continue;
    }
    const name = as ? addonNameFrom(as.toLowerCase()) : undefined;
    const version = versionOf(options);
    draft.addon({
      type,
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
    });
    draft.fact("addon", `${plan} as ${type}`, place);
  }
}

function versionOf(options: AddonTable["options"]): string | undefined {
  const version = options?.version;
  return version === undefined || version === "" ? undefined : String(version);
}

type AddonTable = Exclude<NonNullable<AppJson["addons"]>[number], string>;

function toPlain({ plan, as, options }: AddonTable): Partial<AddonTable> & { plan: string } {
  return { plan, as, options };
}

function convertProcesses({ draft, document, app }: Work): void {
  for (const [name, { quantity }] of Object.entries(app.formation ?? {})) {
    if (quantity === undefined) continue;
    const place = document.placeOf(["formation", name, "quantity"]);
    draft.worker(name, { instances: quantity }, place);
    draft.fact(`instances of ${name}`, String(quantity), place);
  }
  const { postdeploy } = app.scripts ?? {};
  if (postdeploy === undefined) return;
  const place = document.placeOf(["scripts", "postdeploy"]);
  const command = typeof postdeploy === "string" ? postdeploy : postdeploy.command;
  if (command.trim() === "") return;
  draft.release(command.trim());
  const reason = "Heroku runs it after the first deploy only; here it must bear being run again";
  draft.warn("scripts.postdeploy runs before every Release", reason, place);
}

function convertBuildpacks({ draft, document, app }: Work): void {
  // Of several, the last one is that of the app itself.
  for (const [index, buildpack] of [...(app.buildpacks ?? []).entries()].reverse()) {
    const place = document.placeOf(["buildpacks", index]);
    const address = typeof buildpack === "string" ? buildpack : buildpack.url;
    const runtime = runtimeOfBuildpack(address);
    if (runtime === undefined) {
      const reason = "it stands for no language that Hop3 has a template for";
      draft.warn(`the buildpack '${address}' is not carried over`, reason, place);
      continue;
    }
    draft.language(runtime, place);
    draft.fact("buildpack", `${address} as ${runtime.toolchain}`, place);
  }
  if (!app.stack) return;
  const reason = "the package set takes the place of a base system";
  draft.warn(`the stack '${app.stack}' is not carried over`, reason, document.placeOf(["stack"]));
}
