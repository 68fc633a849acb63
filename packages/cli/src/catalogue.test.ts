import { describe, expect, it } from "vitest";
import { call, typed } from "../test/call.ts";
import { useApiServer } from "../test/use-api-server.ts";

const recipe = {
  id: "drive",
  title: "Drive",
  summary: "Files for all",
  version: "2",
  categories: ["files"],
  runsHere: true,
  icon: "/api/v1/catalogue/drive/icon",
};
const shown = {
  ...recipe,
  description: "Long.\n\nLonger.",
  homepage: "https://example.org/",
  license: "MIT",
  after: "Open it.",
  inputs: [
    { name: "user", label: "Name", type: "text", required: false, default: "me", generated: false },
    { name: "password", label: "Password", type: "password", required: false, generated: true },
    { name: "mail", label: "E-mail", type: "email", required: true, generated: false },
  ],
};
const queued = {
  id: 7,
  app: "drive",
  kind: "deploy",
  state: "queued",
  createdAt: "2026-11-23T06:00:00.000Z",
  phases: [],
  unchanged: false,
  url: "http://drive.localhost",
};
const list = {
  catalogue: { name: "hop3", serial: 3, origin: "built-in" },
  recipes: [recipe, { ...recipe, id: "vault", title: "Vault", runsHere: false }],
  categories: [{ name: "files", count: 2 }],
  installed: [
    { app: "mine", recipe: "drive", version: "1", newer: "2" },
    { app: "ours", recipe: "vault", version: "2", newer: "2" },
    { app: "yours", recipe: "vault", version: "2" },
  ],
};

const api = useApiServer(() => ({
  "GET /catalogue": () => list,
  "GET /catalogue/drive": () => shown,
  "POST /catalogue/drive/install": () => queued,
}));

function catalogue(args: readonly string[], more: Parameters<typeof call>[1] = {}) {
  return call(["catalogue", ...args], { home: api.home, ...more });
}

function installed(): unknown {
  const call = api.calls.find(({ method }) => method === "POST");
  return call === undefined ? undefined : JSON.parse(call.body.toString());
}

describe("hop3 catalogue", () => {
  it("lists what runs here, and the rest where it is asked to", async () => {
    const { stdout } = await catalogue([]);
    expect(stdout).toContain("drive");
    expect(stdout).not.toContain("vault");
    expect(stdout).toContain("1 more recipe that this server lacks packages for: --all");
    expect((await catalogue(["list", "--all"])).stdout).toContain("Files for all (not here)");
  });

  it("shows a recipe paragraph by paragraph, and what it asks", async () => {
    const { stdout } = await catalogue(["show", "drive"]);
    expect(stdout).toContain("Long.\nLonger.\n");
    expect(stdout).toMatch(/mail +E-mail +email +cannot be installed/);
  });

  it("installs with the answers that are given", async () => {
    const args = ["install", "drive", "mail=a=b@example.org", "--app", "mine", "--detach"];
    const { stdout, exitCode } = await catalogue(args);
    expect(exitCode).toBe(0);
    expect(installed()).toEqual({ app: "mine", inputs: { mail: "a=b@example.org" } });
    expect(stdout).toContain(
      "The server has made a password: hop3 config list --reveal --app mine",
    );
  });

  it("asks on a terminal for what is not given", async () => {
    const args = ["install", "drive", "user=you", "--detach"];
    const { stderr } = await catalogue(args, { stdin: typed("geheim\rme@example.org\n", true) });
    expect(stderr).toContain("Password [made by the server]: ");
    expect(stderr).toContain("E-mail: ");
    expect(stderr).not.toContain("Name");
    const inputs = { user: "you", password: "geheim", mail: "me@example.org" };
    expect(installed()).toEqual({ app: "drive", inputs });
  });

  it("lists what was made from recipes, and what is newer", async () => {
    const { stdout } = await catalogue(["installed"]);
    expect(stdout).toMatch(/mine +drive +1 +has 2/);
    expect(stdout).toMatch(/ours +vault +2 +the recipe has changed/);
    expect(stdout).toMatch(/yours +vault +2 *\n/);
    expect(stdout).toContain("Bring one up to date: hop3 catalogue install drive --app mine");
  });

  it("is where releases come from, by recipe and version", async () => {
    const release = { state: "running", createdAt: queued.createdAt, createdBy: "deploy" };
    const revisions = ["catalogue/drive@2+0a1b2c3d", "0123456789abcdef0123"];
    api.routes["GET /apps/mine/releases"] = () => ({
      releases: revisions.map((sourceRevision, at) => {
        return { ...release, number: 2 - at, configKeys: [], restorable: true, sourceRevision };
      }),
    });
    const { stdout, stderr } = await call(["releases", "mine"], { home: api.home });
    expect(stdout, stderr).toContain(" drive@2 ");
    expect(stdout).toContain(" 0123456789ab ");
  });

  it("says where the publisher of the catalogue is late", async () => {
    const catalogueInfo = { ...list.catalogue, expires: "2026-11-01T00:00:00Z" };
    api.routes["GET /catalogue"] = () => ({ ...list, catalogue: catalogueInfo });
    const { stderr } = await catalogue([]);
    expect(stderr).toContain("the catalogue was to be renewed by 2026-11-01T00:00:00Z");
  });

  it("refuses what is no answer", async () => {
    const { stderr, exitCode } = await catalogue(["install", "drive", "you"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("'you' is no answer");
    expect(installed()).toBeUndefined();
  });
});
