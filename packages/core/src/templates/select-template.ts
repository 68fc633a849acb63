import type { NixSection } from "../config/nix-section.ts";
import { formatPlace } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { TemplateAnswer } from "./answer.ts";
import { meantBy } from "./decide.ts";
import { commonKeys, type DetectQuestion, type Template } from "./template.ts";
import {
  detectAmbiguous,
  templateInput,
  templateKeyForeign,
  templateUnknown,
} from "./template-errors.ts";

/** Which template writes the expression, and why. */
export interface ChosenTemplate {
  readonly template: Template;
  readonly reason: string;
  readonly origin: "hop3.toml" | "detected";
  readonly warnings: readonly string[];
}

/** Names that recipes of earlier versions use. */
const formerNames: Readonly<Record<string, (section: NixSection) => string | undefined>> = {
  "node-pnpm-install": (section) =>
    section["nixpkgs-package"] === undefined ? undefined : "nixpkgs-wrapper",
};

/** The template that `[nix] template` names, or the only one whose files are there. */
export function selectTemplate(
  question: DetectQuestion,
  templates: readonly Template[],
): ChosenTemplate | undefined {
  const wanted = question.loaded.config.nix?.template;
  const known = { ...question, templates };
  return wanted === undefined ? detectTemplate(known) : namedTemplate(known, wanted);
}

interface TemplateQuestion extends DetectQuestion {
  readonly templates: readonly Template[];
}

/** The answers of the templates that a tree concerns: those that fit, and those that lack something. */
export function templateAnswers(
  question: DetectQuestion,
  templates: readonly Template[],
): readonly TemplateAnswer[] {
  return templates
    .map(({ id, detect }) => ({ template: id, ...detect(question) }))
    .filter(({ fits, reason }) => fits || reason.startsWith("found "));
}

function namedTemplate(question: TemplateQuestion, wanted: string): ChosenTemplate {
  const { loaded, templates } = question;
  const section = loaded.config.nix ?? {};
  const former = Object.hasOwn(formerNames, wanted) ? formerNames[wanted]?.(section) : undefined;
  const template = templates.find(({ id }) => id === (former ?? wanted));
  if (template === undefined) throw unknown(question, wanted);
  const foreign = foreignKeys(template, section);
  const chosen = { template, origin: "hop3.toml" as const };
  const warnings = idleWarnings(question, template);
  if (former === undefined) {
    refuseForeign(question, template, foreign);
    checkInputs(question, template);
    return { ...chosen, reason: `[nix] template = "${wanted}"`, warnings };
  }
  checkInputs(question, template);
  return {
    ...chosen,
    reason: `[nix] template = "${wanted}", which is now ${former}`,
    warnings: [
      `the template '${wanted}' is now called '${former}'`,
      ...warnings,
      ...foreign.map((key) => `[nix] ${key} has no effect: '${former}' does not take it`),
    ],
  };
}

function unknown({ loaded, templates }: TemplateQuestion, wanted: string): Error {
  const known = templates.map(({ id }) => id);
  const place = loaded.placeOf(["nix", "template"]);
  return templateUnknown({ template: wanted, nearest: nearest(wanted, known), known, place });
}

function detectTemplate(question: TemplateQuestion): ChosenTemplate | undefined {
  const fitting = question.templates.flatMap((template) => {
    const { fits, reason } = template.detect(question);
    return fits ? [{ template, reason }] : [];
  });
  const meant = meantBy(question, fitting);
  const [first, second] = meant;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    const candidates = meant.map(({ template, reason }) => ({ id: template.id, reason }));
    throw detectAmbiguous({ candidates });
  }
  const { template, reason } = first;
  refuseForeign(question, template, foreignKeys(template, question.loaded.config.nix ?? {}));
  return {
    template,
    reason: `${reason}: ${template.id}`,
    origin: "detected",
    warnings: idleWarnings(question, template),
  };
}

const ownStart = "starts the app its own way; [run] start names another command";
const inData = "starts the app in its data directory, which is writable";
const readOnly = "runs the app's own files where they are, read-only; HOP3_DATA_DIR is writable";

/** Keys that any recipe may set and that some templates have no use for, with the reason. */
const idleKeys: Readonly<Record<string, Partial<Record<keyof NixSection, string>>>> = {
  "nixpkgs-wrapper": { "needs-writable-dir": inData },
  "prebuilt-binary": { "needs-writable-dir": inData, "writable-home-at-runtime": inData },
  "go-source": { "needs-writable-dir": inData, "writable-home-at-runtime": inData },
  "rust-source": { "needs-writable-dir": inData, "writable-home-at-runtime": inData },
  "php-app": { "exec-target": ownStart },
  "java-war": {
    "exec-target": ownStart,
    "needs-writable-dir": inData,
    "writable-home-at-runtime": inData,
  },
  "java-gradle": {
    "exec-target": ownStart,
    "needs-writable-dir": inData,
    "writable-home-at-runtime": inData,
  },
  "static-site": {
    "exec-target": ownStart,
    "needs-writable-dir": readOnly,
    "writable-home-at-runtime": readOnly,
  },
  "ruby-bundler": { "needs-writable-dir": readOnly },
  "python-venv": { "needs-writable-dir": readOnly, "writable-home-at-runtime": readOnly },
  "node-source": { "needs-writable-dir": readOnly, "writable-home-at-runtime": readOnly },
};

function idleWarnings({ loaded }: DetectQuestion, template: Template): readonly string[] {
  const section: Readonly<Record<string, unknown>> = loaded.config.nix ?? {};
  return Object.entries(idleKeys[template.id] ?? {})
    .filter(([key]) => section[key] !== undefined && section[key] !== false)
    .map(([key, reason]) => {
      const place = formatPlace(loaded.placeOf(["nix", key]) ?? { file: "hop3.toml" });
      return `${place} [nix] ${key} has no effect: '${template.id}' ${reason}`;
    });
}

function foreignKeys(template: Template, section: NixSection): readonly (keyof NixSection)[] {
  // The schema has refused every other key.
  const set = Object.keys(section) as (keyof NixSection)[];
  return set.filter((key) => !commonKeys.includes(key) && !template.keys.includes(key));
}

function refuseForeign(
  { loaded, templates }: TemplateQuestion,
  template: Template,
  foreign: readonly (keyof NixSection)[],
): void {
  const [key] = foreign;
  if (key === undefined) return;
  const owners = templates.filter(({ keys }) => keys.includes(key)).map(({ id }) => id);
  const place = loaded.placeOf(["nix", key]);
  throw templateKeyForeign({ key, template: template.id, owners, place });
}

function checkInputs({ loaded }: DetectQuestion, template: Template): void {
  const section = loaded.config.nix ?? {};
  // What is fetched is pinned, whether a template has to fetch or may.
  const wanted = section.url === undefined ? [] : (["sha256"] as const);
  const missing = [...template.required, ...wanted].find((key) => section[key] === undefined);
  if (missing !== undefined) {
    throw templateInput({
      template: template.id,
      reason: `[nix] ${missing} is missing`,
      hint: `Add ${missing} to [nix]; docs/reference/templates.md has an example`,
      place: loaded.placeOf(["nix", "template"]),
    });
  }
  const hasRev = section["nixpkgs-rev"] !== undefined;
  if (hasRev === (section["nixpkgs-sha256"] !== undefined)) return;
  const [given, lacking] = hasRev
    ? (["nixpkgs-rev", "nixpkgs-sha256"] as const)
    : (["nixpkgs-sha256", "nixpkgs-rev"] as const);
  throw templateInput({
    template: template.id,
    reason: `[nix] ${given} without ${lacking} is half a pin`,
    hint: `Add ${lacking}, or remove ${given} to use the server's package set`,
    place: loaded.placeOf(["nix", given]),
  });
}
