import { describe, expect, it } from "vitest";
import { allows, formatGrant, type Grant, type Permission, parseGrant } from "./permissions.ts";

const rows: readonly [string, Grant[], Permission, string | undefined, boolean][] = [
  ["nothing allows nothing", [], "server.read", undefined, false],
  ["a viewer of all reads any app", [{ allow: "viewer" }], "app.read", "shop", true],
  ["a viewer of one reads that one", [{ allow: "viewer", app: "shop" }], "app.read", "shop", true],
  ["and no other", [{ allow: "viewer", app: "shop" }], "app.read", "wiki", false],
  ["and not all at once", [{ allow: "viewer", app: "shop" }], "app.read", undefined, false],
  ["a viewer deploys nothing", [{ allow: "viewer" }], "app.deploy", "shop", false],
  ["a developer deploys", [{ allow: "developer", app: "shop" }], "app.deploy", "shop", true],
  ["a developer destroys nothing", [{ allow: "developer" }], "app.destroy", "shop", false],
  [
    "an operator of one app does",
    [{ allow: "operator", app: "shop" }],
    "app.destroy",
    "shop",
    true,
  ],
  [
    "but has no say in the server",
    [{ allow: "operator", app: "shop" }],
    "server.manage",
    "shop",
    false,
  ],
  ["an owner of one app neither", [{ allow: "owner", app: "shop" }], "users.manage", "shop", false],
  ["an operator manages no users", [{ allow: "operator" }], "users.manage", undefined, false],
  [
    "whoever has any role sees the server",
    [{ allow: "viewer", app: "shop" }],
    "server.read",
    undefined,
    true,
  ],
  [
    "a permission alone is that one",
    [{ allow: "app.deploy", app: "shop" }],
    "app.deploy",
    "shop",
    true,
  ],
  ["with the sight of its app", [{ allow: "app.deploy", app: "shop" }], "app.read", "shop", true],
  ["and of no other", [{ allow: "app.deploy", app: "shop" }], "app.read", "wiki", false],
  ["and nothing else", [{ allow: "app.deploy", app: "shop" }], "app.logs", "shop", false],
  ["one about the server shows no app", [{ allow: "server.manage" }], "app.read", "shop", false],
];

describe("allows", () => {
  it.each(rows)("%s", (...[, grants, permission, app, expected]) => {
    expect(allows(grants, permission, app)).toBe(expected);
  });
});

describe("a grant as text", () => {
  it.each(["viewer", "developer:shop", "app.deploy:shop", "server.manage"])("%s", (text) => {
    const grant = parseGrant(text);
    expect(grant).toBeDefined();
    expect(grant && formatGrant(grant)).toBe(text);
  });

  it.each(["", "root", "viewer:", "viewer:Shop", "viewer:shop:x", ":shop"])(
    "refuses '%s'",
    (text) => {
      expect(parseGrant(text)).toBeUndefined();
    },
  );
});
