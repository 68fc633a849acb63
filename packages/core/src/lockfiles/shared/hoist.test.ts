import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Edge, type Hoisted, type HoistRoot, hoist } from "./hoist.ts";

interface Graph {
  readonly roots: readonly HoistRoot[];
  readonly edges: ReadonlyMap<string, readonly Edge[]>;
}

const names = ["a", "b", "c", "d", "e"];
const id = fc.tuple(fc.constantFrom(...names), fc.integer({ min: 1, max: 3 }));
const edges = fc
  .array(id, { maxLength: 5 })
  .map((ids) => [...new Map(ids.map(([name, major]): Edge => [name, `${name}@${major}`]))]);
const graphs: fc.Arbitrary<Graph> = fc
  .record({
    top: edges,
    members: fc.array(edges, { maxLength: 3 }),
    own: fc.array(edges, { minLength: 15, maxLength: 15 }),
  })
  .map(({ top, members, own }) => ({
    roots: [top, ...members].map((dependencies, index) => ({
      directory: index === 0 ? "" : `packages/p${index}`,
      dependencies,
    })),
    edges: new Map(
      names.flatMap((name, row) =>
        [1, 2, 3].map((major) => [`${name}@${major}`, own[row * 3 + major - 1] ?? []] as const),
      ),
    ),
  }));

/** What Node finds for a name, from a directory. */
function resolve(tree: Tree, directory: string, name: string): string | undefined {
  const parts = directory === "" ? [] : directory.split("/");
  for (let length = parts.length; length >= 0; length--) {
    const found = tree.get([...parts.slice(0, length), "node_modules", name].join("/"));
    if (found !== undefined) return found.id;
  }
  return undefined;
}

type Tree = ReadonlyMap<string, Hoisted>;

function layOut({ roots, edges: own }: Graph): Tree {
  return new Map(hoist(roots, (of) => own.get(of) ?? []).map((item) => [item.path, item]));
}

describe("hoisting", () => {
  it("lets every package find what it was locked with", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const tree = layOut(graph);
        const asking = [
          ...graph.roots.map(({ directory, dependencies }) => [directory, dependencies] as const),
          ...[...tree.values()].map(
            (item) => [item.link ?? item.path, graph.edges.get(item.id) ?? []] as const,
          ),
        ];
        const homes = [...tree.values()].filter(({ link }) => link === undefined);
        expect(new Set(homes.map(({ id: of }) => of)).size).toBe(homes.length);
        for (const [directory, wanted] of asking) {
          for (const [name, of] of wanted) expect(resolve(tree, directory, name)).toBe(of);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("puts the app's own dependencies, and what they share, at the top", () => {
    const tree = layOut({
      roots: [
        {
          directory: "",
          dependencies: [
            ["a", "a@1"],
            ["b", "b@1"],
          ],
        },
        { directory: "packages/web", dependencies: [["a", "a@2"]] },
      ],
      edges: new Map([
        ["a@1", [["c", "c@1"]]],
        ["b@1", [["c", "c@2"]]],
        ["a@2", [["c", "c@1"]]],
      ]),
    });
    const shown = [...tree].map(([path, item]) => [path, item.id]);
    expect(Object.fromEntries(shown)).toEqual({
      "node_modules/a": "a@1",
      "node_modules/b": "b@1",
      "packages/web/node_modules/a": "a@2",
      "node_modules/c": "c@1",
      "node_modules/b/node_modules/c": "c@2",
    });
  });
});
