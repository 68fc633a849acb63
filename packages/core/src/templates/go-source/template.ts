import { parseText } from "../../launcher/parse-text.ts";
import { fromNix } from "../../launcher/text.ts";
import { inPackage, type NixExpr, nix } from "../expressions.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings } from "../upstream.ts";
import { detectGoSource, goReads } from "./detect.ts";
import { copyFiles, embed, frontend, named } from "./frontend.ts";
import { goModules } from "./modules.ts";
import { goTarget } from "./programs.ts";

/** A Go program, built here from its sources. */
export const goSource = defineTemplate({
  id: "go-source",
  title: "A Go program",
  description:
    "Builds a Go program from its sources. Modules come one by one, as go.sum names them and hop3.lock pins them; a vendor directory in the app needs neither, and go-vendor-hash pins all of them by one hash, as nixpkgs does.",
  tier: "source",
  optional: [
    "url",
    "sha256",
    "archive",
    "go-vendor-hash",
    "go-proxy-vendor",
    "go-sub-packages",
    "go-ldflags",
    "go-frontend-build",
    "go-frontend-pnpm",
    "go-frontend-output",
    "go-frontend-source-root",
    "go-frontend-embed-path",
    "go-npm-deps-hash",
    "go-pnpm-deps-hash",
    "go-static-dirs",
  ],
  detect: detectGoSource,
  reads: goReads,
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const { target, subPackages } = goTarget(spec);
  const modules = goModules(spec);
  const hasFrontend = section["go-frontend-build"] !== undefined;
  const files = copyFiles(spec, section["go-static-dirs"] ?? []);
  return {
    bindings: [
      ...archiveBindings(spec),
      ...modules.bindings,
      ...(hasFrontend ? [nix.bind("frontend", frontend(spec))] : []),
    ],
    package: nix.call(
      nix.ref("pkgs", "buildGoModule"),
      nix.attrs({
        ...named(spec, spec.app),
        ...modules.attrs,
        subPackages: strings(subPackages),
        ldflags: ldflags(spec),
        preBuild: hasFrontend ? embed(spec) : undefined,
        postInstall: files,
        doCheck: nix.literal(false),
      }),
    ),
    names: {
      APPDIR: inPackage(`/share/${spec.app}`),
      ...(hasFrontend ? { HOP3_GO_FRONTEND: inPackage(`/share/${spec.app}`) } : {}),
    },
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${target}`]],
    // A program of the app's own looks for its files where it is started.
    ...(files !== undefined && section.url === undefined
      ? { workingDir: `share/${spec.app}` }
      : {}),
    usesRegistries: modules.usesRegistries,
  };
}

function strings(list: readonly string[] | undefined): NixExpr | undefined {
  return list === undefined ? undefined : nix.list(list.map((text) => nix.string(text)));
}

function ldflags(spec: AppSpec): NixExpr | undefined {
  const flags = spec.section["go-ldflags"];
  if (flags === undefined) return undefined;
  const texts = flags.map((flag, index) =>
    parseText(flag, spec.scope(["nix", "go-ldflags", index])).join(""),
  );
  return nix.list(texts.map((text) => nix.string(text)));
}
