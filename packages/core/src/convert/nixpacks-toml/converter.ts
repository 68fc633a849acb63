import type { Place } from "../../errors.ts";
import { checkDocument } from "../check-document.ts";
import type { Converter, LocatedDocument } from "../conversion.ts";
import { Draft } from "../draft.ts";
import { readToml } from "../read-toml.ts";
import { runtimeNamed } from "../runtimes.ts";
import { NixpacksToml } from "./schema.ts";

export const nixpacksTomlConverter: Converter = {
  id: "nixpacks-toml",
  title: "nixpacks.toml",
  files: ["nixpacks.toml"],
  isImplicit: false,

  convert({ text, file }) {
    const document = readToml(text, file);
    const draft = new Draft(file);
    const work: Work = { draft, document, plan: checkDocument(NixpacksToml, document, draft) };
    convertProviders(work);
    convertPhases(work);
    for (const [name, value] of Object.entries(work.plan.variables ?? {})) {
      const place = document.placeOf(["variables", name]);
      if (name.startsWith("NIXPACKS_")) {
        draft.warn(
          `the variable ${name} is not carried over`,
          "it is a setting of nixpacks",
          place,
        );
      } else draft.variable(name, value, place);
    }
    const command = work.plan.start?.cmd?.trim();
    if (command) {
      const place = document.placeOf(["start", "cmd"]);
      draft.worker("web", { command }, place);
      draft.fact("start", command, place);
    }
    return draft.finish();
  },
};

interface Work {
  readonly draft: Draft;
  readonly document: LocatedDocument;
  readonly plan: NixpacksToml;
}

/** Stands for what nixpacks would do by itself. */
const itsOwn = "...";

function convertProviders({ draft, document, plan }: Work): void {
  for (const [index, provider] of (plan.providers ?? []).entries()) {
    if (provider === itsOwn) continue;
    const place = document.placeOf(["providers", index]);
    const runtime = runtimeNamed(provider);
    if (runtime === undefined) {
      draft.warn(`the provider '${provider}' is not carried over`, "no template is like it", place);
      continue;
    }
    draft.language(runtime, place);
    draft.fact("provider", provider, place);
  }
}

const firstPhases = ["setup", "install"];

function convertPhases({ draft, document, plan }: Work): void {
  for (const [name, phase] of Object.entries(plan.phases ?? {})) {
    const place = document.placeOf(["phases", name]);
    convertCommands(draft, { name, commands: own(phase.cmds), place });
    for (const attribute of own(phase.nixPkgs)) draft.package(attribute);
    for (const apt of own(phase.aptPkgs)) {
      draft.package(apt);
      const reason = "it is a name of Debian's; hop3 packages search shows what the set calls it";
      const listed = document.placeOf(["phases", name, "aptPkgs"]);
      draft.warn(`the package ${apt} is taken over by name`, reason, listed);
    }
  }
}

interface PhaseCommands {
  readonly name: string;
  readonly commands: readonly string[];
  readonly place: Place;
}

function convertCommands(draft: Draft, { name, commands, place }: PhaseCommands): void {
  if (commands.length === 0) return;
  for (const command of commands) draft.step(stepOf(name), command);
  draft.fact(`phase ${name}`, commands.join("; "), place);
  if (knownPhases.has(name)) return;
  const reason = "hop3.toml knows the steps before, of and after the build";
  draft.warn(`the phase ${name} runs after the build`, reason, place);
}

const knownPhases: ReadonlySet<string> = new Set([...firstPhases, "build"]);

function own(list: readonly string[] = []): readonly string[] {
  return list.filter((text) => text !== itsOwn);
}

function stepOf(phase: string): "before-build" | "build" | "after-build" {
  if (firstPhases.includes(phase)) return "before-build";
  return phase === "build" ? "build" : "after-build";
}
