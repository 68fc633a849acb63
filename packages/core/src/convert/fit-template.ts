import type { Command } from "../artifact/runtime-config.ts";
import type { NixSection } from "../config/nix-section.ts";
import { commonKeys, type Template } from "../templates/template.ts";
import type { Conversion, ConversionWarning } from "./conversion.ts";

/** The sections are about to be written there. */
const place = { file: "hop3.toml" };

/**
 * Makes the inputs fit the template that the files suggest: what the template does not take goes, what
 * can be told from the rest is added, and what is still missing is a warning.
 */
export function fitTemplate(conversion: Conversion, templates: readonly Template[]): Conversion {
  const { nix, toolchain } = conversion.hints;
  const template = templates.find(({ id }) => id === nix?.template);
  if (nix === undefined || template === undefined) return withoutTemplate(conversion, toolchain);
  const moved = moveStatic(conversion, nix);
  const warnings: ConversionWarning[] = [];
  const kept = keepOwn(template, moved.nix, warnings);
  const filled = fillTarget(template, kept, conversion);
  for (const key of template.required) {
    if (filled[key] !== undefined) continue;
    const reason = `the template ${template.id} cannot do without it, and no file says it`;
    warnings.push({ message: `[nix] ${key} is missing`, reason, place });
  }
  return {
    ...conversion,
    config: moved.config,
    warnings: [...conversion.warnings, ...warnings],
    hints: { ...conversion.hints, nix: filled },
  };
}

function withoutTemplate(conversion: Conversion, toolchain: string | undefined): Conversion {
  if (toolchain === undefined) return conversion;
  const message = `no template builds an app of ${toolchain} from sources like these`;
  const reason = "write a hop3.nix; docs/guides/hop3-nix.md shows how";
  return { ...conversion, warnings: [...conversion.warnings, { message, reason, place }] };
}

/** A site that is nothing but files has its directory from the template. */
function moveStatic(
  { config }: Conversion,
  nix: NixSection,
): { readonly config: Conversion["config"]; readonly nix: NixSection } {
  const { static: paths = {}, ...run } = config.run ?? {};
  const { "/": root, ...others } = paths;
  if (nix.template !== "static-site" || root === undefined) return { config, nix };
  const rest = Object.keys(others).length === 0 ? run : { ...run, static: others };
  const { run: _, ...sections } = config;
  return {
    config: Object.keys(rest).length === 0 ? sections : { ...sections, run: rest },
    nix: { ...nix, "static-root": root },
  };
}

function keepOwn(template: Template, nix: NixSection, warnings: ConversionWarning[]): NixSection {
  const own: ReadonlySet<string> = new Set([...commonKeys, ...template.keys]);
  const kept = Object.entries(nix).filter(([key, value]) => {
    if (own.has(key)) return true;
    const message = `${key} = ${JSON.stringify(value)} is not carried over`;
    const reason = `the template ${template.id} does not take it; name it in the app's own manifest`;
    warnings.push({ message, reason, place });
    return false;
  });
  return Object.fromEntries(kept);
}

/** The program of the web worker, where the template wants its name. */
function fillTarget(template: Template, nix: NixSection, { config }: Conversion): NixSection {
  const needsTarget = template.required.includes("exec-target");
  if (!needsTarget || nix["exec-target"] !== undefined) return nix;
  const web = config.run?.workers?.["web"] ?? config.run?.start;
  const command = typeof web === "object" && !Array.isArray(web) ? web.command : web;
  const program = command === undefined ? undefined : programOf(command);
  return program === undefined ? nix : { ...nix, "exec-target": program };
}

function programOf(command: Command): string | undefined {
  const [first = ""] = typeof command === "string" ? command.trim().split(/\s+/) : command;
  return /^(?:\.\/)?(?:bin\/)?([\w.-]+)$/.exec(first)?.[1];
}
