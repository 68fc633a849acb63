import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCircles } from "./circles.ts";

const nodes = ["a", "b", "c", "d", "e", "f", "g"];
const graph = fc
  .tuple(...nodes.map(() => fc.subarray(nodes)))
  .map((edges) => new Map(nodes.map((name, index) => [name, edges[index] ?? []])));

function reach(from: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const todo = [...(edges.get(from) ?? [])];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    todo.push(...(edges.get(next) ?? []));
  }
  return seen;
}

/** Straight from the definition: two nodes share a circle where each reaches the other. */
function circlesByDefinition(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles = nodes.map((name) =>
    nodes.filter((other) => reach(name, edges).has(other) && reach(other, edges).has(name)),
  );
  const larger = circles.filter((circle) => circle.length > 1);
  return [...new Set(larger.map((circle) => circle.join(" ")))].map((text) => text.split(" "));
}

describe("findCircles", () => {
  it("finds the strongly connected components of any graph", () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const found = findCircles(edges).map((circle) => circle.join(" "));
        const expected = circlesByDefinition(edges).map((circle) => circle.join(" "));
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 500 },
    );
  });

  it("walks a chain deeper than the stack", () => {
    const length = 100_000;
    const chain = new Map<string, string[]>();
    for (let i = 0; i < length; i++) chain.set(String(i), [String((i + 1) % length)]);
    expect(findCircles(chain)[0]).toHaveLength(length);
    chain.set("0", []);
    expect(findCircles(chain)).toEqual([]);
  });
});
