import { formatPlace, Hop3Error, loadConfig, makeMemoryTree, makePlan } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { nixEvalFailed } from "../nix/errors.ts";
import { explainGenerated } from "./explain-generated.ts";

const config = `[nix]
template = "nixpkgs-wrapper"
nixpkgs-package = "caddy"
exec-target = "caddy"

[nix.let-extra]
other = "pkgs.python3Packages.flsk"
`;
const loaded = loadConfig(config);
const plan = makePlan({ loaded, tree: makeMemoryTree({}) });
const text = "# Written\n{ pkgs }:\n  pkgs.oops\n";

function explain(reason: string, place: { file: string; line?: number }, generated?: string) {
  const error = nixEvalFailed({ place, reason, trace: "" });
  const found = explainGenerated({ plan, loaded, text: generated }, error);
  if (!(found instanceof Hop3Error)) throw new Error("not a failure of ours");
  const { message, hint, place: at } = found.failure;
  return { message, hint, place: at === undefined ? undefined : formatPlace(at) };
}

describe("a fault of an expression that a template wrote", () => {
  it("is one of hop3.toml where that has the word", () => {
    const found = explain("attribute 'flsk' missing", { file: "hop3.nix", line: 3 }, text);
    expect(found.place).toBe("hop3.toml:7:1");
    expect(found.message).toMatch(/^the hop3\.nix that the template nixpkgs-wrapper wrote/);
  });

  it("comes with the generated line where nothing of hop3.toml has it", () => {
    const found = explain("attribute 'oops' missing", { file: "hop3.nix", line: 3 }, text);
    expect(found.place).toBe("generated hop3.nix:3");
    expect(found.hint).toBe("Line 3 is: pkgs.oops. The whole of it: hop3 nix plan");
  });

  it("stays as it is where the project has its own file, or the place is another", () => {
    const own = explain("attribute 'oops' missing", { file: "hop3.nix", line: 3 });
    expect(own.place).toBe("hop3.nix:3");
    const other = explain("attribute 'oops' missing", { file: "lib.nix", line: 1 }, text);
    expect(other.place).toBe("lib.nix:1");
    const bug = new Error("a bug");
    expect(explainGenerated({ plan, loaded, text }, bug)).toBe(bug);
  });
});
