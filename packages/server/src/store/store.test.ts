import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectGarbage, parseRoots, readRoots } from "../nix/garbage.ts";
import { garbageOf, makeBill } from "./bill.ts";
import { comparePackages } from "./compare-packages.ts";
import { closureOf, makeGraph, type StoreGraph, shortestChain, sumBytes } from "./graph.ts";
import { parsePackageName } from "./package-name.ts";
import { readStore } from "./read-store.ts";

/** A store of its own for each case: real Nix, without the machine's. */
function makeStore(base: string, number: number) {
  const dir = join(base, String(number));
  const variables = {
    NIX_STORE_DIR: join(dir, "store"),
    NIX_STATE_DIR: join(dir, "var"),
    NIX_LOG_DIR: join(dir, "log"),
    NIX_CONF_DIR: join(dir, "etc"),
    NIX_REMOTE: "",
  };
  mkdirSync(join(dir, "var/gcroots"), { recursive: true });
  mkdirSync(variables.NIX_STORE_DIR, { recursive: true });
  mkdirSync(variables.NIX_CONF_DIR);
  writeFileSync(join(variables.NIX_CONF_DIR, "nix.conf"), "build-users-group =\n");
  const nix = (args: readonly string[], input = ""): string =>
    execFileSync("nix-store", args, {
      env: { ...process.env, ...variables },
      input,
      stdio: ["pipe", "pipe", "ignore"],
      encoding: "utf8",
    });
  return { dir, variables, nix };
}

const letters = "0123456789abcdfghijklmnpqrsvwxyz";

function pathOf(storeDir: string, number: number): string {
  const hash = (letters[number] ?? "0").repeat(32);
  return join(storeDir, `${hash}-part-${number}.0`);
}

interface Shape {
  /** Of each path: what it refers to, by number; only to earlier ones, as in a real store, and to itself. */
  readonly references: readonly (readonly number[])[];
  readonly roots: readonly number[];
}

const shapes: fc.Arbitrary<Shape> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    references: fc.tuple(
      ...Array.from({ length: count }, (_, number) => fc.uniqueArray(fc.nat({ max: number }))),
    ),
    roots: fc.uniqueArray(fc.nat({ max: count - 1 })),
  }),
);

describe("a store", () => {
  let base: string;
  let stores = 0;

  beforeAll(() => {
    base = mkdtempSync("/tmp/hop3-graph-");
  });
  afterAll(() => rmSync(base, { recursive: true }));

  function fill({ references, roots }: Shape) {
    stores += 1;
    const store = makeStore(base, stores);
    const path = (number: number): string => pathOf(store.variables.NIX_STORE_DIR, number);
    const lines = references.flatMap((to, number) => {
      writeFileSync(path(number), "x".repeat(number * 100));
      return [path(number), "", String(to.length), ...to.map(path)];
    });
    store.nix(["--register-validity"], `${lines.join("\n")}\n`);
    for (const root of roots) {
      const link = join(store.dir, `root-${root}`);
      symlinkSync(path(root), link);
      symlinkSync(link, join(store.variables.NIX_STATE_DIR, "gcroots", `root-${root}`));
    }
    return { ...store, path };
  }

  it("has the garbage that Nix itself finds, and its cleanup takes that and nothing else", async () => {
    const check = async (shape: Shape): Promise<void> => {
      const { nix, variables } = fill(shape);
      const graph = await readStore(variables.NIX_STATE_DIR);
      const roots = (await readRoots(variables)).flatMap(({ path }) => graph.find(path) ?? []);
      const garbage = garbageOf(graph, roots).map((path) => graph.paths[path]);
      const dead = nix(["--gc", "--print-dead"])
        .split("\n")
        .filter((line) => line.startsWith("/"));
      expect(garbage.sort()).toEqual(dead.sort());
      await collectGarbage({}, variables);
      const left = (await readStore(variables.NIX_STATE_DIR)).paths;
      expect([...left].sort()).toEqual(
        graph.paths.filter((path) => !garbage.includes(path)).sort(),
      );
      expect(roots.every((root) => left.includes(graph.paths[root] ?? ""))).toBe(true);
    };
    await fc.assert(fc.asyncProperty(shapes, check), { numRuns: 8 });
  });

  it("keeps the derivation of what is kept, and says so as Nix does", async () => {
    const { nix, variables, dir } = fill({ references: [[]], roots: [] });
    const expression = 'derivation { name = "made"; system = "none"; builder = "/none"; }';
    const instantiate = (text: string): string =>
      execFileSync("nix-instantiate", ["-E", text], {
        env: { ...process.env, ...variables },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    const kept = instantiate(expression);
    const lost = instantiate(expression.replace("made", "lost"));
    const [out = ""] = nix(["--query", "--outputs", kept]).trim().split("\n");
    writeFileSync(out, "made");
    nix(["--register-validity"], `${out}\n${kept}\n0\n`);
    symlinkSync(out, join(dir, "link"));
    symlinkSync(join(dir, "link"), join(variables.NIX_STATE_DIR, "gcroots/link"));
    const graph = await readStore(variables.NIX_STATE_DIR);
    const roots = (await readRoots(variables)).flatMap(({ path }) => graph.find(path) ?? []);
    const garbage = garbageOf(graph, roots).map((path) => graph.paths[path]);
    expect(garbage).toContain(lost);
    expect(garbage).not.toContain(kept);
    const dead = nix(["--gc", "--print-dead"])
      .split("\n")
      .filter((line) => line.startsWith("/"));
    expect([...garbage].sort()).toEqual(dead.sort());
  });

  it("of a hundred thousand paths is read, and others have their turn meanwhile", async () => {
    const { variables, nix } = makeStore(base, 100_000);
    nix(["--init"]);
    const db = new DatabaseSync(join(variables.NIX_STATE_DIR, "db/db.sqlite"));
    db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      INSERT INTO ValidPaths (id, path, hash, registrationTime, narSize)
      SELECT i, '/nix/store/' || i, 'none', 0, i FROM n;
      INSERT INTO Refs (referrer, reference) SELECT id, id - 1 FROM ValidPaths WHERE id > 1`);
    db.close();
    let turns = 0;
    const other = setInterval(() => {
      turns += 1;
    }, 1);
    const graph = await readStore(variables.NIX_STATE_DIR);
    clearInterval(other);
    expect(turns).toBeGreaterThan(1);
    expect(closureOf(graph, [99_999], "runtime")).toHaveLength(100_000);
  });

  it("that cannot be read is named", async () => {
    await expect(readStore(join(base, "none"))).rejects.toThrow(join(base, "none/db/db.sqlite"));
  });
});

/** A graph without a store: the sizes of its paths, and who needs whom. */
function draw(
  bytes: readonly number[],
  references: readonly (readonly [number, number])[],
): StoreGraph {
  return makeGraph({
    paths: bytes.map((_, number) => pathOf("/nix/store", number)),
    bytes: Float64Array.from(bytes),
    derivers: bytes.map(() => undefined),
    from: Uint32Array.from(references, ([from]) => from),
    to: Uint32Array.from(references, ([, to]) => to),
  });
}

describe("a bill", () => {
  const references = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { maxLength: 20 });
  const groups = fc.constantFrom("app one", "app two", "others");
  const owner = fc.record({ group: groups, roots: fc.array(fc.nat({ max: 9 }), { maxLength: 3 }) });

  it("says exactly what goes when one goes, and when a whole group goes", async () => {
    const bytes = Array.from({ length: 10 }, (_, number) => 2 ** number);
    const several = fc.array(owner, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(references, several, async (edges, owners) => {
        const graph = draw(bytes, edges);
        const weigh = (some: typeof owners): number =>
          sumBytes(
            graph,
            closureOf(
              graph,
              some.flatMap(({ roots }) => roots),
              "kept",
            ),
          );
        const bill = await makeBill(graph, owners);
        for (const [number, share] of bill.owners.entries()) {
          const rest = owners.filter((_, each) => each !== number);
          expect(share.exclusiveBytes).toBe(weigh(owners) - weigh(rest));
        }
        for (const [name, share] of bill.groups) {
          const rest = owners.filter(({ group }) => group !== name);
          expect(share.exclusiveBytes).toBe(weigh(owners) - weigh(rest));
          expect(share.bytes).toBe(weigh(owners.filter(({ group }) => group === name)));
        }
      }),
    );
  });

  it("finds the shortest way to what something needs", () => {
    const graph = draw(
      [1, 1, 1, 1, 1],
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [0, 2],
        [3, 0],
      ],
    );
    expect(shortestChain(graph, 0, 3)).toEqual([0, 2, 3]);
    expect(shortestChain(graph, 0, 0)).toEqual([0]);
    expect(shortestChain(graph, 0, 4)).toBeUndefined();
  });
});

describe("roots", () => {
  it("are read whatever their links are called", () => {
    expect(parseRoots("/a -> b -> /nix/store/x\n{censored} -> /nix/store/y\n\nnoise\n")).toEqual([
      { link: "/a -> b", path: "/nix/store/x" },
      { link: "{censored}", path: "/nix/store/y" },
    ]);
  });
});

describe("the name of a package", () => {
  const hash = "4zxnnv9hjckjvd96c3gxs70n5nsqj85f";
  it.each([
    [`/nix/store/${hash}-libc6-2.36-9+deb12u14`, { name: "libc6", version: "2.36-9+deb12u14" }],
    [`/nix/store/${hash}-python3.11-numpy-1.24.2`, { name: "python3.11-numpy", version: "1.24.2" }],
    [`/nix/store/${hash}-hop3-release-shop`, { name: "hop3-release-shop" }],
    [`/nix/store/${hash}-source`, { name: "source" }],
    [`/nix/store/${hash}-7zip`, { name: "7zip" }],
    [`/nix/store/${hash}-a-`, { name: "a-" }],
  ])("is %s", (path, expected) => {
    expect(parsePackageName(path)).toEqual(expected);
  });
});

describe("packages between two closures", () => {
  const at = (letter: string, name: string): string => `/nix/store/${letter.repeat(32)}-${name}`;

  it("came, went, changed or were built anew", () => {
    const before = [
      at("a", "flask-2.0"),
      at("b", "libc6-2.36"),
      at("c", "old-1"),
      at("d", "source"),
    ];
    const after = [
      at("e", "flask-2.1"),
      at("b", "libc6-2.36"),
      at("f", "new-3"),
      at("g", "source"),
    ];
    expect(comparePackages(before, after)).toEqual({
      added: [{ name: "new", version: "3" }],
      removed: [{ name: "old", version: "1" }],
      changed: [{ name: "flask", from: ["2.0"], to: ["2.1"] }],
      rebuilt: 1,
    });
    expect(comparePackages(after, after)).toEqual({
      added: [],
      removed: [],
      changed: [],
      rebuilt: 0,
    });
  });

  it("of several versions at once are shown with all of them", () => {
    const before = [at("a", "ssl-1.1"), at("b", "ssl-3.0")];
    const after = [at("b", "ssl-3.0")];
    expect(comparePackages(before, after).changed).toEqual([
      { name: "ssl", from: ["1.1", "3.0"], to: ["3.0"] },
    ]);
  });
});
