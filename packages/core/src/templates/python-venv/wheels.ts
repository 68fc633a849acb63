import { encodeShellWord } from "../../encode/shell.ts";
import { readLockfile } from "../../lockfiles/index.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { fetchScript, nameScript } from "./fetch-script.ts";

interface Wheel {
  readonly name: string;
  readonly version: string;
  /** SRI sha256. */
  readonly integrity: string;
}

/** Bindings that end in `wheels`, a directory of everything that the requirements name. */
export function wheelBindings(spec: AppSpec, requirements: string): readonly Binding[] {
  const hash = spec.section["pip-deps-hash"];
  if (hash !== undefined) return [nix.bind("wheels", allAtOnce(spec, requirements, hash))];
  const items = pinnedWheels(spec, requirements);
  const fetch = nix.call(
    nix.ref("pkgs", "writeText"),
    nix.string("fetch-wheel.py"),
    nix.indented(fetchScript),
  );
  const rename = nix.call(
    nix.ref("pkgs", "writeText"),
    nix.string("name-wheels.py"),
    nix.indented(nameScript),
  );
  const files = items.flatMap((item): StringPart[] => [
    " ",
    nix.call(
      nix.ref("fetchWheel"),
      nix.string(item.name),
      nix.string(`${item.name}-${item.version}`),
      nix.string(hexOf(item.integrity)),
    ),
  ]);
  const script = ["python3 ", nix.ref("nameWheels"), " $out", ...files, "\n"];
  return [
    nix.bind("fetchWheelScript", fetch),
    nix.bind("nameWheels", rename),
    nix.bind("fetchWheel", fetchFunction, { comment: "One file of the index, by its hash." }),
    nix.bind("wheels", runCommand({ name: `${spec.app}-wheels`, inputs: [python], script })),
  ];
}

const python = nix.ref("python");
/** An address that the operator has set, as one word of a shell. */
const index = nix.call(nix.ref("pkgs", "lib", "escapeShellArg"), nix.ref("registries", "pypi"));

const fetchFunction = nix.lambda(
  "name",
  nix.lambda(
    "fileName",
    nix.lambda(
      "sha256",
      nix.call(
        nix.ref("pkgs", "runCommand"),
        nix.ref("fileName"),
        nix.attrs({
          nativeBuildInputs: nix.list([python]),
          outputHash: nix.ref("sha256"),
          outputHashAlgo: nix.string("sha256"),
          outputHashMode: nix.string("flat"),
        }),
        nix.indented(
          "python3 ",
          nix.ref("fetchWheelScript"),
          " ",
          index,
          " ",
          nix.ref("name"),
          " ",
          nix.ref("sha256"),
          " $out\n",
        ),
      ),
    ),
  ),
);

/** One hash for all of it, as recipes of earlier versions have. */
function allAtOnce(spec: AppSpec, requirements: string, hash: string): NixExpr {
  const script: StringPart[] = [
    "export HOME=$TMPDIR\npython3 -m pip download --no-deps --disable-pip-version-check --index-url ",
    index,
    " --dest $out --requirement ",
    nix.ref("src"),
    `/${requirementWord(requirements)}\n`,
  ];
  return runCommand({
    name: `${spec.app}-wheels`,
    inputs: [python, nix.ref("pkgs", "python3Packages", "pip")],
    attrs: {
      outputHash: nix.string(hash),
      outputHashAlgo: nix.literal(null),
      outputHashMode: nix.string("recursive"),
    },
    script,
  });
}

function pinnedWheels(spec: AppSpec, file: string): readonly Wheel[] {
  const text = spec.files.get(file) ?? "";
  const lockfile = readLockfile({ file, text });
  const locked = lockfile.packages.map(({ name, version, integrity }) => ({
    name,
    version,
    integrity,
  }));
  const pending = lockfile.pending.map(({ name, version, hashes }) => {
    const [integrity, other] = hashes;
    if (integrity !== undefined && other === undefined) return { name, version, integrity };
    throw templateInput({
      template: "python-venv",
      reason: `${file} gives ${name}==${version} ${hashes.length} hashes, and which file is meant is not known without the index`,
      hint: "Keep the hash of the one wheel that runs here, or set [nix] pip-deps-hash",
      place: { file },
    });
  });
  return [...locked, ...pending];
}

/** `sha256-…` as the hex digits that Python compares. */
function hexOf(sri: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bits = [...sri.replace(/^sha256-|=+$/g, "")]
    .map((letter) => digits.indexOf(letter).toString(2).padStart(6, "0"))
    .join("");
  return (bits.slice(0, 256).match(/.{4}/g) ?? [])
    .map((four) => Number.parseInt(four, 2).toString(16))
    .join("");
}

/** For the shell of a build. */
export function requirementWord(file: string): string {
  return encodeShellWord(file);
}
