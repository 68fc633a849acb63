/**
 * The sets of nodes that depend on each other in a circle (strongly connected components of more
 * than one node), each sorted. Iterative, since a distribution's graph is deeper than the stack.
 */
export function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const search = new CircleSearch(graph);
  for (const name of graph.keys()) search.visit(name);
  return search.circles;
}

interface Visit {
  readonly name: string;
  readonly next: Iterator<string>;
}

class CircleSearch {
  readonly circles: string[][] = [];
  private readonly graph: ReadonlyMap<string, readonly string[]>;
  private readonly order = new Map<string, number>();
  private readonly low = new Map<string, number>();
  private readonly open = new Set<string>();
  private readonly opened: string[] = [];
  private readonly path: Visit[] = [];

  constructor(graph: ReadonlyMap<string, readonly string[]>) {
    this.graph = graph;
  }

  visit(start: string): void {
    if (this.order.has(start)) return;
    this.enter(start);
    for (let top = this.path.at(-1); top !== undefined; top = this.path.at(-1)) {
      const step = top.next.next();
      if (step.done === true) this.leave(top.name);
      else this.follow(top.name, step.value);
    }
  }

  private enter(name: string): void {
    const index = this.order.size;
    this.order.set(name, index);
    this.low.set(name, index);
    this.open.add(name);
    this.opened.push(name);
    this.path.push({ name, next: (this.graph.get(name) ?? [])[Symbol.iterator]() });
  }

  private follow(from: string, to: string): void {
    const seen = this.order.get(to);
    if (seen === undefined) this.enter(to);
    else if (this.open.has(to)) this.lower(from, seen);
  }

  private leave(name: string): void {
    this.path.pop();
    const low = this.low.get(name) ?? 0;
    const parent = this.path.at(-1);
    if (parent !== undefined) this.lower(parent.name, low);
    if (low !== this.order.get(name)) return;
    const members = this.takeFrom(name);
    if (members.length > 1) this.circles.push(members.sort());
  }

  private lower(name: string, value: number): void {
    this.low.set(name, Math.min(this.low.get(name) ?? value, value));
  }

  /** Everything opened since `name` belongs to its component. */
  private takeFrom(name: string): string[] {
    const members: string[] = [];
    for (let last = this.opened.pop(); last !== undefined; last = this.opened.pop()) {
      this.open.delete(last);
      members.push(last);
      if (last === name) break;
    }
    return members;
  }
}
