import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { Hop3Error } from "@hop3/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openHome } from "../home.ts";
import { startPiped } from "../proc/run.ts";
import { readSettings } from "../settings.ts";
import { type Catalogue, makeCatalogue } from "./catalogue.ts";

const sheet = (version: string) => `title = "A wiki"
summary = "Pages"
description = "Long."
version = "${version}"
categories = ["wiki"]
homepage = "https://wiki.example.org/"
license = "MIT"
`;
const config = '[nix]\ntemplate = "nixpkgs-wrapper"\n';

let dir = "";
let server: Server;
let url = "";
/** What the publisher serves, by path. */
let served = new Map<string, Buffer>();
let asked: string[] = [];
/** Paths whose connection breaks in the middle. */
let cutOff = new Set<string>();
let onRequest: (path: string) => void = () => {};
const today = new Date("2026-11-23T12:00:00Z");
let keys: { publicKey: KeyObject; privateKey: KeyObject };

interface Release {
  readonly serial: number;
  readonly version?: string;
  readonly ids?: readonly string[];
  readonly name?: string;
  readonly expires?: string;
  readonly more?: readonly { path: string; content: string }[];
}

function indexOf(release: Release) {
  const { serial, version = "1", ids = ["wiki"], name = "ours", expires, more = [] } = release;
  const files = new Map<string, string>();
  const recipes = ids.map((id) => {
    const own = [
      { path: "hop3.toml", content: config },
      { path: "recipe.toml", content: sheet(version) },
      ...more,
    ];
    for (const { path, content } of own) files.set(`/${id}/${path}`, content);
    return {
      id,
      version,
      sets: ["debian"],
      files: own.map(({ path, content }) => ({
        path,
        size: content.length,
        sha256: createHash("sha256").update(content).digest("hex"),
      })),
    };
  });
  return { files, text: JSON.stringify({ schema: 1, name, serial, expires, recipes }) };
}

function publish(release: Release, ...signers: readonly KeyObject[]): void {
  const { files, text } = indexOf(release);
  served = new Map([...files].map(([path, content]) => [path, Buffer.from(content)]));
  served.set("/index.json", Buffer.from(text));
  const lines = (signers.length > 0 ? signers : [keys.privateKey]).map(
    (key) => `${sign(null, Buffer.from(text), key).toString("base64")}\n`,
  );
  served.set("/index.json.sig", Buffer.from(lines.join("")));
  asked = [];
}

const builtIn = (): string => join(dir, "built-in");

async function writeBuiltIn(release: Release): Promise<void> {
  const { files, text } = indexOf(release);
  for (const [path, content] of [...files, ["/index.json", text] as const]) {
    await mkdir(dirname(join(builtIn(), path)), { recursive: true });
    await writeFile(join(builtIn(), path), content);
  }
}

async function open(publicKey = keys.publicKey): Promise<Catalogue> {
  const home = openHome(join(dir, "home"), process.env);
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
  await writeFile(home.settingsFile, `[catalogue]\nurl = "${url}"\nkey = "${key}"\n`);
  const settings = readSettings(home.settingsFile);
  const set = async () => "debian" as const;
  return makeCatalogue({ home, settings, builtInDir: builtIn(), now: () => today, set });
}

async function update(catalogue: Catalogue): Promise<string> {
  try {
    const { changed, catalogue: info } = await catalogue.update(new AbortController().signal);
    return `${changed ? "changed" : "same"} ${info.name} ${info.serial}`;
  } catch (error) {
    if (error instanceof Hop3Error) return error.code;
    throw error;
  }
}

async function serialOf(catalogue: Catalogue): Promise<string> {
  const { info } = await catalogue.current();
  return `${info.name} ${info.serial} ${info.origin}`;
}

/** The same update in a process of its own, which dies as the publisher is asked for `path`. */
async function killAt(path: string): Promise<void> {
  const script = join(import.meta.dirname, "../../test/support/update-catalogue.ts");
  const argv = [process.execPath, "--conditions=hop3-source", script] as const;
  const updating = startPiped({ argv: [...argv, join(dir, "home"), builtIn()] });
  updating.stdout.once("data", (chunk: Buffer) => {
    onRequest = (asked) => {
      if (asked === path) process.kill(Number(chunk.toString()), "SIGKILL");
    };
    updating.stdin.end();
  });
  expect(await updating.ended).toBeNull();
  onRequest = () => {};
}

beforeEach(async () => {
  dir = mkdtempSync("/tmp/hop3-catalogue-");
  keys = generateKeyPairSync("ed25519");
  cutOff = new Set();
  onRequest = () => {};
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    onRequest(path);
    const content = served.get(path);
    if (cutOff.has(path)) {
      response.writeHead(200, { "content-length": content?.length });
      response.write(content?.subarray(0, 5), () => response.destroy());
      return;
    }
    response.writeHead(content === undefined ? 404 : 200).end(content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}/index.json`;
  await writeBuiltIn({ serial: 5, name: "hop3" });
});

afterEach(() => {
  server.close();
  const home = openHome(join(dir, "home"), process.env);
  rmSync(home.runtimeDir, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
});

describe("an update of the catalogue", () => {
  it("takes over what is signed, and a server that starts again has it", async () => {
    publish({ serial: 1, ids: ["notes", "wiki"] });
    const catalogue = await open();
    expect(await serialOf(catalogue)).toBe("hop3 5 built-in");
    expect(await catalogue.update(new AbortController().signal)).toEqual({
      catalogue: { name: "ours", serial: 1, origin: "downloaded" },
      changed: true,
      added: ["notes"],
      updated: [],
      removed: [],
    });
    expect(await serialOf(await open())).toBe("ours 1 downloaded");
    expect((await (await catalogue.current()).recipe("notes")).sheet.title).toBe("A wiki");
  });

  it("downloads only what has changed, and says where nothing has", async () => {
    const catalogue = await open();
    publish({ serial: 1 });
    expect(await update(catalogue)).toBe("changed ours 1");
    expect(await update(catalogue)).toBe("same ours 1");
    publish({ serial: 2, version: "2" });
    expect(await update(catalogue)).toBe("changed ours 2");
    expect(asked).toEqual(["/index.json", "/index.json.sig", "/wiki/recipe.toml"]);
    expect(await update(catalogue)).toBe("same ours 2");
    expect(readdirSync(join(dir, "home/catalogue"))).toHaveLength(2);
  });

  it("is for the key that is configured alone", async () => {
    publish({ serial: 1 });
    await update(await open());
    const other = generateKeyPairSync("ed25519");
    expect(await serialOf(await open(other.publicKey))).toBe("hop3 5 built-in");
  });

  it("changes keys in the course of time: both sign, servers follow when they like", async () => {
    const next = generateKeyPairSync("ed25519");
    publish({ serial: 1 });
    expect(await update(await open())).toBe("changed ours 1");
    publish({ serial: 2, version: "2" }, keys.privateKey, next.privateKey);
    expect(await update(await open())).toBe("changed ours 2");
    const follower = await open(next.publicKey);
    expect(await serialOf(follower)).toBe("ours 2 downloaded");
    publish({ serial: 1 }, next.privateKey);
    expect(await update(follower)).toBe("CATALOGUE_OLDER");
    publish({ serial: 3, version: "3" }, next.privateKey);
    expect(await update(follower)).toBe("changed ours 3");
    expect(await update(await open())).toBe("CATALOGUE_UNTRUSTED");
  });

  it("counts until the day that its publisher has set", async () => {
    const catalogue = await open();
    publish({ serial: 1, expires: "2026-11-23T12:00:01Z" });
    expect(await update(catalogue)).toBe("changed ours 1");
    expect((await catalogue.current()).info.expires).toBe("2026-11-23T12:00:01Z");
    publish({ serial: 2, expires: "2026-11-23T12:00:00Z" });
    expect(await update(catalogue)).toBe("CATALOGUE_EXPIRED");
    expect(await serialOf(catalogue)).toBe("ours 1 downloaded");
  });

  it("mends a file that has changed on the disk", async () => {
    publish({ serial: 1 });
    await update(await open());
    await writeFile(join(dir, "home/catalogue/current/wiki/recipe.toml"), "title = 1\n");
    const catalogue = await open();
    await expect((await catalogue.current()).recipe("wiki")).rejects.toThrow("is not the file");
    expect(await update(catalogue)).toBe("changed ours 1");
    expect((await (await catalogue.current()).recipe("wiki")).sheet.title).toBe("A wiki");
  });
});

it("a catalogue that could not be read is read anew when somebody asks again", async () => {
  const catalogue = await open();
  await rename(builtIn(), `${builtIn()}-away`);
  await expect(catalogue.current()).rejects.toThrow();
  await rename(`${builtIn()}-away`, builtIn());
  expect(await serialOf(catalogue)).toBe("hop3 5 built-in");
});

it("an update needs an address and a key", async () => {
  const home = openHome(join(dir, "home"), process.env);
  const settings = readSettings(home.settingsFile);
  const set = async () => "debian" as const;
  expect(await update(makeCatalogue({ home, settings, builtInDir: builtIn(), set }))).toBe(
    "CATALOGUE_NOT_CONFIGURED",
  );
});

describe("an update that is killed", () => {
  const paths = ["/index.json.sig", "/wiki/page.html"];

  it.each(paths)(
    "while it downloads %s has changed nothing, and the next one goes on",
    {
      timeout: 60_000,
    },
    async (path) => {
      publish({ serial: 1 });
      await update(await open());
      publish({ serial: 2, version: "2", more: [{ path: "page.html", content: "<p>Hello</p>" }] });
      await killAt(path);
      expect(await serialOf(await open())).toBe("ours 1 downloaded");
      expect(await update(await open())).toBe("changed ours 2");
      expect(await update(await open())).toBe("same ours 2");
      expect(readdirSync(join(dir, "home/catalogue"))).toHaveLength(2);
    },
  );

  it("before it has switched has changed nothing", async () => {
    publish({ serial: 1 });
    await update(await open());
    const home = join(dir, "home/catalogue");
    await mkdir(join(home, "2-abc"));
    await symlink("2-abc", join(home, "2-abc.link"));
    expect(await serialOf(await open())).toBe("ours 1 downloaded");
    expect(await update(await open())).toBe("same ours 1");
    expect(readdirSync(home)).toHaveLength(2);
  });
});

describe("an update that is refused leaves everything as it was", () => {
  const cases: readonly [string, string, () => void][] = [
    ["an index that was changed", "CATALOGUE_UNTRUSTED", () => alter("/index.json")],
    [
      "a signature by another key",
      "CATALOGUE_UNTRUSTED",
      () => publish({ serial: 3 }, generateKeyPairSync("ed25519").privateKey),
    ],
    ["no signature", "CATALOGUE_UNREACHABLE", () => served.delete("/index.json.sig")],
    [
      "a signature that is none",
      "CATALOGUE_UNTRUSTED",
      () => served.set("/index.json.sig", Buffer.from("?")),
    ],
    ["a file that was changed", "CATALOGUE_INVALID", () => alter("/wiki/recipe.toml")],
    [
      "a file that is longer than it says",
      "CATALOGUE_INVALID",
      () => served.set("/wiki/recipe.toml", Buffer.alloc(5000, "#")),
    ],
    ["a file that is cut off", "CATALOGUE_UNREACHABLE", () => cutOff.add("/wiki/recipe.toml")],
    ["an index that is cut off", "CATALOGUE_UNREACHABLE", () => cutOff.add("/index.json")],
    [
      "a file that is shorter than it says",
      "CATALOGUE_INVALID",
      () => served.set("/wiki/recipe.toml", Buffer.from("title =")),
    ],
    [
      "an index that is larger than an index may be",
      "CATALOGUE_INVALID",
      () => served.set("/index.json", Buffer.alloc(5 * 1024 * 1024, " ")),
    ],
    [
      "an index that counts no more",
      "CATALOGUE_EXPIRED",
      () => publish({ serial: 3, expires: "2026-11-22T00:00:00Z" }),
    ],
    ["a file that is missing", "CATALOGUE_UNREACHABLE", () => served.delete("/wiki/recipe.toml")],
    ["an older index", "CATALOGUE_OLDER", () => publish({ serial: 1, version: "0" })],
    ["the same serial for something else", "CATALOGUE_OLDER", () => publish({ serial: 2 })],
    [
      "an older one of another name",
      "CATALOGUE_OLDER",
      () => publish({ serial: 1, name: "others" }),
    ],
    [
      "one that is behind the built-in one",
      "CATALOGUE_OLDER",
      () => publish({ serial: 4, name: "hop3" }),
    ],
    [
      "a path that leads out",
      "CATALOGUE_INVALID",
      () => publish({ serial: 3, more: [{ path: "../../../evil", content: "x" }] }),
    ],
    ["a name that leads out", "CATALOGUE_INVALID", () => publish({ serial: 3, ids: ["../evil"] })],
    ["a recipe that is none", "RECIPE_INVALID", () => publish({ serial: 3, version: 'x"y' })],
  ];

  function alter(path: string): void {
    const content = Buffer.from(served.get(path) ?? "");
    content[content.length - 3] = 0x20;
    served.set(path, content);
  }

  it.each(cases)("%s", async (_what, code, spoil) => {
    const catalogue = await open();
    publish({ serial: 2, version: "2" });
    await update(catalogue);
    publish({ serial: 3, version: "3" });
    spoil();
    expect(await update(catalogue)).toBe(code);
    expect(await serialOf(catalogue)).toBe("ours 2 downloaded");
    expect(await serialOf(await open())).toBe("ours 2 downloaded");
    const kept = readdirSync(join(dir, "home/catalogue"));
    expect(kept, kept.join(", ")).toHaveLength(2);
    expect(existsSync(join(dir, "evil"))).toBe(false);
  });

  it("a server that is gone", async () => {
    const catalogue = await open();
    server.close();
    expect(await update(catalogue)).toBe("CATALOGUE_UNREACHABLE");
    expect(await serialOf(catalogue)).toBe("hop3 5 built-in");
  });
});

it("a file on the disk that is not what the index means is not used", async () => {
  const catalogue = await open();
  await writeFile(
    join(builtIn(), "wiki/hop3.toml"),
    `${await readFile(join(builtIn(), "wiki/hop3.toml"), "utf8")}#`,
  );
  const store = await catalogue.current();
  await expect(store.recipe("wiki")).rejects.toThrow(
    "wiki/hop3.toml is not the file that the index means",
  );
});
