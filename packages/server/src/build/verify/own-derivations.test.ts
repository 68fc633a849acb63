import { describe, expect, it } from "vitest";
import { type Derivation, type Derivations, parseMissing } from "../../nix/derivations.ts";
import { ownDerivations } from "./own-derivations.ts";

const drv = (name: string) => `/nix/store/${name.padStart(32, "0")}-${name}.drv`;
const out = (name: string) => `/nix/store/${name.padStart(32, "1")}-${name}`;

interface Given {
  readonly builder: "bash" | "seed" | "fetch";
  readonly inputs?: readonly string[];
}

const builders = {
  bash: `${out("bash")}/bin/bash`,
  seed: `${out("source")}/busybox`,
  fetch: "builtin:fetchurl",
};

function graphOf(given: Readonly<Record<string, Given>>): Derivations {
  const entries = Object.entries(given).map(([name, { builder, inputs = [] }]) => {
    const derivation: Derivation = {
      outputs: { out: { path: out(name), ...(builder === "fetch" ? { hash: "0" } : {}) } },
      inputSrcs: builder === "seed" ? [out("source")] : [],
      inputDrvs: Object.fromEntries(inputs.map((input) => [drv(input), ["out"]])),
      builder: builders[builder],
      env: {},
    };
    return [drv(name), derivation] as const;
  });
  return new Map(entries);
}

const graph = graphOf({
  release: { builder: "bash", inputs: ["bash", "package", "environment"] },
  package: { builder: "bash", inputs: ["bash", "modules", "archive"] },
  modules: { builder: "bash", inputs: ["bash", "tarball"] },
  // Made by the package set of something that the app has made.
  environment: { builder: "seed", inputs: ["library"] },
  library: { builder: "bash", inputs: ["bash"] },
  bash: { builder: "seed", inputs: ["deb"] },
  archive: { builder: "fetch" },
  tarball: { builder: "fetch" },
  deb: { builder: "fetch" },
});

describe("ownDerivations", () => {
  it("takes what was made for the Release, what it needs first, and nothing of the package set", () => {
    const own = ownDerivations(graph, drv("release"), () => true);
    const names = own.map(
      ({ drvPath, kind }) => `${kind} ${/0-?0*([a-z]+)\.drv$|-([a-z]+)\.drv$/.exec(drvPath)?.[2]}`,
    );
    expect([...names].sort()).toEqual([
      "build library",
      "build modules",
      "build package",
      "build release",
      "fetch archive",
      "fetch tarball",
    ]);
    const at = (name: string) => names.findIndex((text) => text.endsWith(` ${name}`));
    expect(at("tarball")).toBeLessThan(at("modules"));
    expect(at("modules")).toBeLessThan(at("package"));
    expect(at("package")).toBeLessThan(at("release"));
  });

  it("leaves to a binary cache what came from it", () => {
    const own = ownDerivations(graph, drv("release"), (path) => path !== out("library"));
    expect(own.map(({ drvPath }) => drvPath)).not.toContain(drv("library"));
  });
});

describe("parseMissing", () => {
  it("tells what is built from what is fetched, of one and of several", () => {
    const text = `warning: something
this derivation will be built:
  /nix/store/a-x.drv
these 2 paths will be fetched (1.00 MiB download, 2.00 MiB unpacked):
  /nix/store/b-y
  /nix/store/c-z
`;
    expect(parseMissing(text)).toEqual({
      built: ["/nix/store/a-x.drv"],
      fetched: ["/nix/store/b-y", "/nix/store/c-z"],
    });
    expect(
      parseMissing("these 2 derivations will be built:\n  /nix/store/a\n  /nix/store/b\n"),
    ).toEqual({
      built: ["/nix/store/a", "/nix/store/b"],
      fetched: [],
    });
    expect(parseMissing("")).toEqual({ built: [], fetched: [] });
  });
});
