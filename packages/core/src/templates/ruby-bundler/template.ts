import { fromNix, type Text, variable } from "../../launcher/text.ts";
import { hop3LockFile, type Lockfile } from "../../lockfiles/index.ts";
import { developmentGroups } from "../../lockfiles/shared/gem-groups.ts";
import type { StringPart } from "../../nix/ast.ts";
import { binOf, inPackage, type NixExpr, nix, runCommand } from "../expressions.ts";
import { packageRef } from "../packages.ts";
import { type AppFacts, type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { archiveBindings, insidePath, unpackInputs, unpackScript } from "../upstream.ts";
import { detectRubyBundler, gemfiles } from "./detect.ts";
import { readGems } from "./gems.ts";
import { findServer } from "./servers.ts";

const id = "ruby-bundler";

/** A Ruby app whose gems are pinned in Gemfile.lock. */
export const rubyBundler = defineTemplate({
  id,
  title: "A Ruby app with Bundler",
  description:
    "Runs a Ruby app with the gems of Gemfile.lock, each fetched by its checksum (from the lockfile, hop3.lock or gemset.nix) and built in the sandbox, without the groups development and test.",
  tier: "source",
  optional: [
    "url",
    "sha256",
    "archive",
    "source-root",
    "unpack-without-top-level",
    "runtime-package",
  ],
  detect: detectRubyBundler,
  reads: () => [
    ...gemfiles.flatMap(({ manifest, lockfile }) => [manifest, lockfile]),
    hop3LockFile,
  ],
  learn: async (_spec, outside): Promise<AppFacts> => ({ target: await outside.target("python3") }),
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const runtime = section["runtime-package"] ?? "ruby";
  const share = `share/${spec.app}`;
  const { bindings, lockfile } = readGems(spec);
  const isWritable = section["writable-home-at-runtime"] === true;
  return {
    bindings: [
      nix.bind("ruby", packageRef(spec, runtime, { template: id, key: "runtime-package" })),
      ...bindings,
      ...archiveBindings(spec),
    ],
    package: runCommand({
      name: spec.app,
      inputs: unpackInputs(spec),
      script: [
        ...unpackScript(spec),
        ...ownGemfiles(spec),
        ...(lockfile === undefined ? [] : checkBundle(lockfile)),
        `mkdir -p $out/share\nmv app $out/${share}\n`,
      ],
    }),
    names: {
      APPDIR: inPackage(`/${share}`),
      RUBYBIN: binOf(nix.ref("ruby")),
      ruby: nix.ref("ruby"),
      gems: nix.ref("gems"),
    },
    command: spec.hasOwnWeb ? [] : command(spec, lockfile),
    env: environment(lockfile, isWritable ? undefined : inPackage(`/${share}`)),
    path: [binOf(nix.ref("gems")), binOf(nix.ref("gems", "wrappedRuby"))],
    workingDir: share,
    ...(isWritable ? { writableTree: [share] } : {}),
    ...(isWritable ? { startIn: [variable("HOP3_DATA_DIR"), `/${share}`] } : {}),
    usesRegistries: lockfile !== undefined,
  };
}

/** An archive from elsewhere gets the lockfile that the gems were chosen by. */
function ownGemfiles({ section, tree }: AppSpec): readonly StringPart[] {
  if (section.url === undefined) return [];
  return gemfiles.flatMap(({ manifest, lockfile }) =>
    [manifest, lockfile]
      .filter((file) => tree.has(file))
      .flatMap((file) => ["cp --no-preserve=mode ", nix.ref("src"), `/${file} app/${file}\n`]),
  );
}

const without = developmentGroups.join(":");

/** Bundler decides what the Gemfile needs: what does not fit is told now, not when the app starts. */
function checkBundle({ file }: Lockfile): readonly StringPart[] {
  const gemfile = gemfiles.find(({ lockfile }) => file === lockfile)?.manifest ?? "Gemfile";
  return [
    "(\n  cd app\n",
    `  export HOME=$TMPDIR LANG=C.UTF-8 BUNDLE_GEMFILE=$PWD/${gemfile} BUNDLE_FROZEN=1 BUNDLE_WITHOUT=${without}\n`,
    "  export GEM_HOME=",
    ...gemHome,
    " GEM_PATH=",
    ...gemHome,
    "\n  ",
    nix.ref("ruby"),
    "/bin/bundle check\n)\n",
  ];
}

const gemHome: readonly StringPart[] = [nix.ref("gems"), "/", nix.ref("ruby", "gemPath")];

function environment(
  lockfile: Lockfile | undefined,
  home: NixExpr | undefined,
): Readonly<Record<string, NixExpr>> {
  const on = nix.string("1");
  const common = {
    LANG: nix.string("C.UTF-8"),
    RACK_ENV: nix.string("production"),
    GEM_HOME: nix.string(...gemHome),
    GEM_PATH: nix.string(...gemHome),
    BUNDLE_FROZEN: on,
    BUNDLE_WITHOUT: nix.string(without),
  };
  if (lockfile === undefined) return common;
  const has = (gem: string) => lockfile.packages.some(({ name }) => name === gem);
  const gemfile = gemfiles.find(({ lockfile: name }) => lockfile.file === name)?.manifest;
  return {
    ...common,
    ...(home === undefined ? {} : { BUNDLE_GEMFILE: nix.string(home, `/${gemfile}`) }),
    ...(has("railties")
      ? {
          RAILS_ENV: nix.string("production"),
          RAILS_LOG_TO_STDOUT: on,
          RAILS_SERVE_STATIC_FILES: on,
        }
      : {}),
    // Its cache would lie in the store, which cannot be written.
    ...(has("bootsnap") && home !== undefined ? { BOOTSNAP_READONLY: on } : {}),
  };
}

function command(spec: AppSpec, lockfile: Lockfile | undefined): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target !== undefined) {
    return [[fromNix(nix.ref("gems")), `/bin/${insidePath(spec, "exec-target", target)}`]];
  }
  const isLocked = (gem: string) => lockfile?.packages.some(({ name }) => name === gem) === true;
  const server = findServer(isLocked);
  if (server !== undefined && spec.tree.has("config.ru")) {
    return [[fromNix(nix.ref("gems")), `/bin/${server.program}`], ...server.args];
  }
  throw templateInput({
    template: id,
    reason: "nothing says what to run: there is no config.ru with a server among the gems",
    hint: "Set [nix] exec-target, write a Procfile, or add puma to the Gemfile",
    place: spec.scope(["nix", "template"]).place,
  });
}
