import { encodeShellWord } from "../../encode/shell.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import type { PythonFile } from "./lock.ts";
import { fetchScript, finishScript, wheelScript } from "./scripts.ts";

/** What builds wheels of source archives: the backends that nearly all of them name. */
const backends = [
  "setuptools",
  "wheel",
  "setuptools-scm",
  "poetry-core",
  "hatchling",
  "hatch-vcs",
  "flit-core",
  "cffi",
  "cython",
] as const;

/** Flags of every call of pip: nothing is looked for, nothing is fetched. */
export const buildFlags = "--no-index --no-deps --no-build-isolation --disable-pip-version-check";
export const installFlags = `${buildFlags} --no-compile`;

const python = nix.ref("python");
const tools = nix.ref("tools");

function script(name: string, text: string): NixExpr {
  return nix.call(nix.ref("pkgs", "writeText"), nix.string(name), nix.indented(text));
}

/** `python.withPackages (ps: [ ps.pip … ])` */
export function toolsBinding(needsBackends: boolean): Binding {
  const names = ["pip", ...(needsBackends ? backends : [])];
  const choose = nix.lambda("ps", nix.list(names.map((name) => nix.ref("ps", name))));
  return nix.bind("tools", nix.call(nix.ref("python", "withPackages"), choose), {
    comment: "pip, and what builds wheels; no part of what runs.",
  });
}

/** True where something has to be built before it can be installed. */
export function isBuilt({ fileName }: PythonFile): boolean {
  return fileName?.endsWith(".whl") !== true;
}

/** Bindings that end in `wheels`, a directory of all that the lockfile names. */
export function wheelBindings(spec: AppSpec, files: readonly PythonFile[]): readonly Binding[] {
  const lines = files.flatMap(wheelLine);
  return [
    ...(files.length > 0 ? [nix.bind("fetchFile", script("fetch-file.py", fetchScript))] : []),
    ...(files.length > 0 ? [nix.bind("pypi", fetchFunction, { comment: fetchComment })] : []),
    ...(files.some(isBuilt)
      ? [
          nix.bind("makeWheel", script("make-wheel.py", wheelScript)),
          nix.bind("wheelOf", wheelFunction, { comment: wheelComment }),
        ]
      : []),
    nix.bind(
      "wheels",
      runCommand({ name: `${spec.app}-wheels`, script: ["mkdir $out\n", ...lines] }),
    ),
  ];
}

const fetchComment = "A file of the index, or of the address that the lockfile has, by its hash.";
const wheelComment = "The wheel of a source archive, built here and without network.";

function wheelLine(file: PythonFile): readonly StringPart[] {
  if (!isBuilt(file)) {
    return ["ln -s ", fetchCall(file), ` $out/${encodeShellWord(file.fileName ?? "")}\n`];
  }
  const name = nix.string(`${file.name}-${file.version}`);
  return ["ln -s ", nix.call(nix.ref("wheelOf"), name, fetchCall(file)), "/*.whl $out/\n"];
}

function fetchCall(file: PythonFile): NixExpr {
  const { name, version, fileName = `${name}-${version}`, hash } = file;
  const words = [name, fileName, hash].map((word) => nix.string(word));
  return nix.call(nix.ref("pypi"), whereFrom(file), ...words);
}

/** The configured index stands in for the one that the lockfile was written with. */
function whereFrom({ url, isRegistry }: PythonFile): NixExpr {
  if (url === undefined) return nix.ref("registries", "pypi");
  if (!isRegistry) return nix.string(url);
  return nix.select(nix.ref("registries"), ["configured", "pypi"], nix.string(url));
}

const fetchFunction = nix.lambda(
  "where",
  nix.lambda(
    "project",
    nix.lambda(
      "file",
      nix.lambda(
        "hash",
        nix.call(
          nix.ref("pkgs", "runCommand"),
          nix.call(
            nix.ref("builtins", "replaceStrings"),
            nix.list([nix.string("!"), nix.string("~"), nix.string("@"), nix.string("%")]),
            nix.list([nix.string("-"), nix.string("-"), nix.string("-"), nix.string("-")]),
            nix.ref("file"),
          ),
          nix.attrs([
            nix.bind("nativeBuildInputs", nix.list([python])),
            nix.inherit(["where", "project", "file", "hash"]),
            nix.bind(
              "SSL_CERT_FILE",
              nix.string(nix.ref("pkgs", "cacert"), "/etc/ssl/certs/ca-bundle.crt"),
            ),
            nix.bind("outputHash", nix.ref("hash")),
            nix.bind("outputHashMode", nix.string("flat")),
          ]),
          nix.indented(
            "python3 ",
            nix.ref("fetchFile"),
            ' "$where" "$project" "$file" "$hash" $out\n',
          ),
        ),
      ),
    ),
  ),
);

const headers = nix.select(python, ["headers"], python);

const wheelFunction = nix.lambda(
  "name",
  nix.lambda(
    "archive",
    nix.call(
      nix.ref("pkgs", "runCommandCC"),
      nix.string(nix.ref("name"), "-wheel"),
      nix.attrs({
        nativeBuildInputs: nix.list([tools]),
        buildInputs: nix.list([headers]),
        // Dates in the archives that come out of it are this one.
        SOURCE_DATE_EPOCH: nix.string("315532800"),
        CPATH: nix.string(headers, "/include/", nix.ref("python", "executable")),
      }),
      nix.indented(
        "export HOME=$TMPDIR\npython3 ",
        nix.ref("makeWheel"),
        " ",
        nix.ref("archive"),
        " $out\n",
      ),
    ),
  ),
);

/** One hash for all of it, as recipes of earlier versions have. */
export function wheelsAtOnce(spec: AppSpec, requirements: string, hash: string): Binding {
  const download = runCommand({
    name: `${spec.app}-wheels`,
    inputs: [tools],
    attrs: {
      index: nix.ref("registries", "pypi"),
      SSL_CERT_FILE: nix.string(nix.ref("pkgs", "cacert"), "/etc/ssl/certs/ca-bundle.crt"),
      outputHash: nix.string(hash),
      outputHashMode: nix.string("recursive"),
    },
    script: [
      "export HOME=$TMPDIR\n",
      'python3 -m pip download --no-deps --disable-pip-version-check --index-url "$index" \\\n',
      "  --dest $out --requirement ",
      nix.ref("src"),
      `/${encodeShellWord(requirements)}\n`,
    ],
  });
  return nix.bind("wheels", download);
}

/** Bindings of `dependencies`: everything but the app's own files, in an environment of its own. */
export function dependencyBindings(spec: AppSpec, isEmpty: boolean): readonly Binding[] {
  const libraries: readonly NixExpr[] = [
    nix.ref("pkgs", "stdenv", "cc", "cc", "lib"),
    nix.ref("pkgs", "stdenv", "cc", "libc"),
    nix.ref("pkgs", "zlib"),
  ];
  const install: readonly StringPart[] = isEmpty
    ? []
    : [
        "export HOME=$TMPDIR\n",
        tools,
        `/bin/python3 -m pip --python $out/bin/python install ${installFlags} \\\n  `,
        nix.ref("wheels"),
        "/*\n",
      ];
  const finish: readonly StringPart[] = [
    "python3 ",
    nix.ref("finish"),
    " $out",
    ...libraries.flatMap((library): StringPart[] => [" ", library]),
    "\n",
  ];
  return [
    nix.bind("finish", script("finish.py", finishScript)),
    nix.bind(
      "dependencies",
      runCommand({
        name: `${spec.app}-dependencies`,
        inputs: [python, nix.ref("pkgs", "patchelf")],
        script: ["python3 -m venv --without-pip $out\n", ...install, ...finish],
      }),
      { comment: "A changed line of the app leaves this as it is." },
    ),
  ];
}
