import { z } from "zod";
import { parseToml } from "../../lockfiles/shared/toml.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { insidePath } from "../upstream.ts";
import { programSources } from "./detect.ts";

const CargoToml = z.object({
  package: z.object({ name: z.string(), "default-run": z.string().optional() }).optional(),
  bin: z.array(z.object({ name: z.string(), path: z.string().optional() })).default([]),
});
type CargoToml = z.infer<typeof CargoToml>;

/** The program that web starts: `exec-target`, what `cargo run` would run, or the only one. */
export function rustTarget(spec: AppSpec): string {
  const wanted = spec.section["exec-target"];
  if (wanted !== undefined) return insidePath(spec, "exec-target", wanted);
  const text = spec.files.get("Cargo.toml");
  if (spec.hasOwnWeb || text === undefined || spec.section.url !== undefined) {
    if (spec.hasOwnWeb) return "";
    throw noProgram(spec, []);
  }
  const manifest = parseToml({ file: "Cargo.toml", text }, CargoToml);
  const names = programNames(spec, manifest);
  const chosen = manifest.package?.["default-run"] ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined) throw noProgram(spec, names);
  return insidePath(spec, "exec-target", chosen);
}

function programNames(spec: AppSpec, { package: own, bin }: CargoToml): readonly string[] {
  const named = new Set(bin.map(({ path }) => path));
  const found = programSources(spec.tree).flatMap((path) => {
    if (named.has(path)) return [];
    const inBin = /^src\/bin\/([^/]+?)(?:\.rs|\/main\.rs)$/.exec(path)?.[1];
    if (inBin !== undefined) return [inBin];
    return path === "src/main.rs" && own !== undefined ? [own.name] : [];
  });
  return [...new Set([...bin.map(({ name }) => name), ...found])];
}

function noProgram(spec: AppSpec, names: readonly string[]): Error {
  const [first] = names;
  return templateInput({
    template: "rust-source",
    reason:
      first === undefined
        ? "no file says which program web starts"
        : `the app holds several programs: ${names.join(", ")}`,
    hint: `Set [nix] exec-target to the program's name${first === undefined ? "" : `, as in exec-target = "${first}"`}`,
    place: spec.scope(["nix", "template"]).place ?? { file: "Cargo.toml" },
  });
}
