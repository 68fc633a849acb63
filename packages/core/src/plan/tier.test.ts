import { describe, expect, it } from "vitest";
import { Tier } from "../artifact/build-artifact.ts";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { makePlan, type PlanPolicy } from "./make-plan.ts";
import { isBelow, RequiredTier } from "./tier.ts";

type Files = Readonly<Record<string, string>>;

interface Case {
  readonly what: string;
  readonly files: Files;
  readonly toml?: string;
  readonly policy?: Partial<PlanPolicy>;
  readonly tier: Tier;
  /** Of the message. */
  readonly because: string;
  readonly hint: string;
  readonly line?: number;
}

const file = { "hop3.nix": "{ }" };
const cases: readonly Case[] = [
  {
    what: "a package of the set",
    files: { a: "" },
    toml: '[nix]\ntemplate = "nixpkgs-wrapper"\nnixpkgs-package = "caddy"\n',
    tier: "nixpkgs",
    because: "",
    hint: "",
  },
  {
    what: "the project's own file",
    files: file,
    tier: "source",
    because: "hop3.nix is built here, from source",
    hint: "nixpkgs-wrapper",
  },
  {
    what: "a template that builds",
    files: { "index.html": "" },
    tier: "source",
    because: "the template 'static-site' builds it here",
    hint: "nixpkgs-wrapper",
  },
  {
    what: "a template for what others built",
    files: { a: "" },
    toml: `[nix]\ntemplate = "prebuilt-binary"\nurl = "http://x.example/a"\nsha256 = "${"0".repeat(64)}"\n`,
    tier: "prebuilt",
    because: "the template 'prebuilt-binary' runs a file that others built",
    hint: "hop3 nix tiers",
    line: 2,
  },
  {
    what: "an impure evaluation",
    files: file,
    toml: "[build.nix]\npure = false\n",
    policy: { allowImpure: true },
    tier: "unpinned",
    because: "[build.nix] pure = false",
    hint: "Remove the line",
    line: 2,
  },
  {
    what: "a server without sandbox",
    files: file,
    policy: { isSandboxed: false },
    tier: "unpinned",
    because: "this server builds out of the sandbox",
    hint: "[policy] sandbox = false",
  },
  {
    what: "a local build",
    files: { "package.json": "{}" },
    tier: "unpinned",
    because: "the local builder's tools download what nobody has pinned",
    hint: "hop3 plan --why",
  },
  {
    what: "a local build with programs of the host",
    files: { "package.json": "{}" },
    toml: '[build]\nmethod = "local"\ntoolchain-source = "host"\n',
    tier: "unpinned",
    because: "and its programs are the host's ([build] toolchain-source)",
    hint: "hop3 plan --why",
    line: 2,
  },
  {
    what: "an image",
    files: { Dockerfile: "FROM scratch\n" },
    tier: "unpinned",
    because: "steps of a Dockerfile download what nobody has pinned",
    hint: "hop3.nix",
  },
];

function planOf({ files, toml = "", policy }: Case, requireTier?: RequiredTier) {
  return makePlan({
    tree: makeMemoryTree(files),
    loaded: loadConfig(toml),
    policy: { allowImpure: false, isSandboxed: true, ...policy, requireTier },
  });
}

describe("the tier of a Plan", () => {
  it.each(cases)("of $what", (one) => {
    expect(planOf(one).tier).toBe(one.tier);
  });

  it.each(
    cases.flatMap((one) => RequiredTier.options.map((required) => ({ ...one, required, one }))),
  )("where '$required' is required, of $what", ({ one, required }) => {
    if (!isBelow(one.tier, required)) {
      expect(planOf(one, required).tier).toBe(one.tier);
      return;
    }
    let failure: Hop3Error["failure"] | undefined;
    try {
      planOf(one, required);
    } catch (error) {
      if (error instanceof Hop3Error) failure = error.failure;
    }
    expect(failure).toMatchObject({ code: "POLICY_TIER", exitCode: 5, status: 403 });
    expect(failure?.message).toContain(`'${required}' or better, and this one is '${one.tier}': `);
    expect(failure?.message).toContain(one.because);
    expect(failure?.hint).toContain(one.hint);
    expect(failure?.place?.line).toBe(one.line);
  });

  it("has an order, from the package set down to nothing", () => {
    const below = RequiredTier.options.map((required) =>
      Tier.options.filter((tier) => isBelow(tier, required)),
    );
    expect(below).toEqual([
      ["source", "prebuilt", "unpinned"],
      ["prebuilt", "unpinned"],
      ["unpinned"],
    ]);
  });
});
