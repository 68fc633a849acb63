import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromSetting, fromUrl } from "./address.ts";
import { npmAuthorization } from "./npmrc.ts";
import { goAddress, indexUrl, pypiAddress } from "./own-settings.ts";

const basicOf = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("npmAuthorization", () => {
  const registry = "https://npm.invalid:8443/team/packages";
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["//npm.invalid:8443/team/packages/:_authToken=abc", "Bearer abc"],
    ["//npm.invalid:8443/:_authToken = 'abc'", "Bearer abc"],
    ["//npm.invalid:8443/team/:_authToken=${TOKEN}", "Bearer from-env"],
    ["//npm.invalid:8443/team/:_authToken=${NONE}", "Bearer ${NONE}"],
    ["//npm.invalid:8443/:_auth=YTpi", "Basic YTpi"],
    ["//npm.invalid:8443/:username=a\n//npm.invalid:8443/:_password=Yg==", basicOf("a:b")],
    [
      "//npm.invalid:8443/:_authToken=outer\n//npm.invalid:8443/team/:_authToken=inner",
      "Bearer inner",
    ],
    ["//npm.invalid/:_authToken=other-port", undefined],
    ["//npm.invalid:8443/tea/:_authToken=other-path", undefined],
    ["_authToken=abc\n; //npm.invalid:8443/:_authToken=comment", undefined],
  ];

  it.each(cases)("%j", (text, expected) => {
    expect(npmAuthorization(text, registry, { TOKEN: "from-env" })).toBe(expected);
  });
});

describe("pip's index", () => {
  it.each([
    ["[global]\nindex-url = https://a.invalid/simple", "https://a.invalid/simple"],
    ["[global]\nindex_url: https://a.invalid/simple\ntimeout = 1", "https://a.invalid/simple"],
    ["[global]\nindex-url = a\n[install]\nindex-url = b", "b"],
    ["[download]\nindex-url = a", undefined],
    ["[global]\nextra-index-url = a", undefined],
  ])("%j", (text, expected) => {
    expect(indexUrl(text)).toBe(expected);
  });

  it("is that of its variable before that of its files, without the password in it", async () => {
    const home = await mkdtemp(join(tmpdir(), "hop3-pip-"));
    const file = join(home, "pip.conf");
    await writeFile(file, "[global]\nindex-url = https://me:pass%21@file.invalid/simple/\n");
    const env = { HOME: home, PIP_CONFIG_FILE: file };
    expect(await pypiAddress(env)).toEqual({
      name: "pypi",
      url: "https://file.invalid/simple",
      authorization: basicOf("me:pass!"),
    });
    const own = await pypiAddress({ ...env, PIP_INDEX_URL: "http://own.invalid" });
    expect(own?.url).toBe("http://own.invalid");
  });
});

describe("Go's proxy", () => {
  it.each([
    ["https://a.invalid,direct", "https://a.invalid"],
    ["off", undefined],
    ["direct|https://b.invalid/go/", "https://b.invalid/go"],
    ["file:///srv/go", undefined],
  ])("of GOPROXY=%s", async (list, expected) => {
    expect((await goAddress({ GOPROXY: list }))?.url).toBe(expected);
  });
});

describe("an entry of server.toml", () => {
  const known = fromUrl("npm", "https://user:word@npm.invalid/");

  it("sends a token as the registry's own tools do", () => {
    const url = "https://r.invalid/";
    expect(fromSetting("npm", { url, token: "t" }, undefined)?.authorization).toBe("Bearer t");
    expect(fromSetting("crates", { url, token: "t" }, undefined)?.authorization).toBe("t");
    expect(fromSetting("pypi", { url, token: "t" }, undefined)).toEqual({
      name: "pypi",
      url: "https://r.invalid",
      authorization: basicOf("__token__:t"),
    });
  });

  it("takes the address of the tool's own settings, and then its credentials", () => {
    expect(fromSetting("npm", {}, known)?.authorization).toBe(basicOf("user:word"));
    expect(fromSetting("npm", { token: "t" }, known)?.authorization).toBe("Bearer t");
    const elsewhere = fromSetting("npm", { url: "https://other.invalid" }, known);
    expect(elsewhere).toEqual({ name: "npm", url: "https://other.invalid" });
    expect(fromSetting("maven", { token: "t" }, undefined)).toBeUndefined();
  });
});
