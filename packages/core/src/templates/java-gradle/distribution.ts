import { parseHash } from "../../lockfiles/shared/integrity.ts";
import type { Binding } from "../../nix/ast.ts";
import { nix, runCommand } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { wrapperFile } from "./detect.ts";

/** `gradle`: the distribution that the project's wrapper pins, else that of the package set. */
export function gradleBindings(spec: AppSpec): readonly Binding[] {
  const { url, sum } = readWrapper(spec);
  const own = nix.ref("pkgs", "gradle");
  if (url === undefined) return [nix.bind("gradle", own)];
  if (sum === undefined) {
    const comment = `${wrapperFile} has no distributionSha256Sum: not the version it asks for.`;
    return [nix.bind("gradle", own, { comment })];
  }
  const archive = nix.call(
    nix.ref("pkgs", "fetchurl"),
    nix.attrs({ url: nix.string(url), hash: nix.string(sum) }),
  );
  const script = [
    "unzip -q ",
    nix.ref("distribution"),
    "\nmv gradle-* $out\npatchShebangs $out/bin\n",
  ];
  return [
    nix.bind("distribution", archive, { comment: `The Gradle of ${wrapperFile}.` }),
    nix.bind("gradle", runCommand({ name: "gradle", inputs: [nix.ref("pkgs", "unzip")], script })),
  ];
}

function readWrapper(spec: AppSpec): { url?: string; sum?: string } {
  const text = spec.files.get(wrapperFile);
  if (text === undefined || spec.section.url !== undefined) return {};
  const url = property(text, "distributionUrl");
  const sum = property(text, "distributionSha256Sum");
  if (url === undefined) return {};
  if (!/^https?:\/\/[A-Za-z0-9._~:/%+-]+\.zip$/.test(url)) {
    throw invalid(`distributionUrl '${url}' is not the address of an archive`);
  }
  if (sum === undefined) return { url };
  const parsed = parseHash(`sha256:${sum}`);
  if (parsed.kind !== "sri") throw invalid(`distributionSha256Sum '${sum}' is not a hash`);
  return { url, sum: parsed.sri };
}

/** A value of a properties file, in which colons may have a backslash before them. */
function property(text: string, name: string): string | undefined {
  const line = new RegExp(`^[ \\t]*${name}[ \\t]*[=:][ \\t]*(.*)$`, "m").exec(text)?.[1];
  return line?.trim().replace(/\\(.)/g, "$1");
}

function invalid(reason: string): Error {
  return templateInput({
    template: "java-gradle",
    reason: `${wrapperFile}: ${reason}`,
    hint: "Let Gradle write it: gradle wrapper --gradle-version … --gradle-distribution-sha256-sum …",
    place: { file: wrapperFile },
  });
}
