import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Engine, runEngine } from "./engine.ts";

/** What is known of a build that did not end well. */
export interface BuildTrace {
  readonly engine: Pick<Engine, "kind" | "program">;
  readonly label: string;
  readonly startedAt: number;
  /** Lines that the engine has written. */
  readonly lines: readonly string[];
}

/** Removes the containers and layers that a failed or killed build has left, and nobody else's. */
export async function cleanUp(trace: BuildTrace): Promise<void> {
  const { engine, label } = trace;
  if (engine.kind === "podman") {
    const listed = await runEngine(engine, ["ps", "--all", "--external", "--format", "json"]);
    const found = Containers.safeParse(listed.exitCode === 0 ? JSON.parse(listed.stdout) : []);
    const left = workingContainers(trace, found.data ?? []);
    if (left.length > 0) await runEngine(engine, ["rm", "-f", ...left]);
  }
  await removeUnfinished(engine, label);
}

const patienceMs = 5_000;
const pauseMs = 100;

/**
 * Removes containers that were made to be looked into, and layers that no image is made of. A daemon that has just been
 * left alone with a build takes a moment to end it, and holds its last layer until then.
 */
export async function removeUnfinished(engine: BuildTrace["engine"], label: string): Promise<void> {
  await removeContainers(engine, [`label=${label}`, "status=created"]);
  const filter = ["--filter", `label=${label}`];
  for (const deadline = performance.now() + patienceMs; ; await sleep(pauseMs)) {
    await runEngine(engine, ["image", "prune", "-f", ...filter]);
    const left = await runEngine(engine, ["images", "-q", "--filter", "dangling=true", ...filter]);
    if (left.stdout.trim() === "" || performance.now() > deadline) return;
  }
}

export async function removeContainers(
  engine: BuildTrace["engine"],
  filters: readonly string[],
): Promise<void> {
  const listed = await runEngine(engine, [
    "ps",
    "-aq",
    ...filters.flatMap((one) => ["--filter", one]),
  ]);
  const ids = listed.stdout.split("\n").filter((id) => id !== "");
  const now = engine.kind === "podman" ? ["-t", "0"] : [];
  if (ids.length > 0) await runEngine(engine, ["rm", "-f", "-v", ...now, ...ids]);
}

const Containers = z.array(
  z.object({
    Id: z.string(),
    Image: z.string(),
    ImageID: z.string(),
    Command: z.array(z.string()).nullish(),
    Created: z.number(),
  }),
);
type Containers = z.infer<typeof Containers>;

/** podman's working containers carry no label: they are known by their image, which the build has named, and their age. */
export function workingContainers(
  { lines, startedAt }: BuildTrace,
  containers: Containers,
): readonly string[] {
  const names = new Set(lines.flatMap((line) => /\bSTEP 1\/\d+: FROM (\S+)/.exec(line)?.[1] ?? []));
  const layers = lines.flatMap(
    (line) => /^--> (?:Using cache )?([0-9a-f]{8,64})$/.exec(line)?.[1] ?? [],
  );
  return containers
    .filter(
      ({ Command, Created }) => Command?.[0] === "buildah" && Created * 1000 >= startedAt - 1000,
    )
    .filter(
      ({ Image, ImageID }) =>
        names.has(Image) ||
        layers.some((layer) => ImageID.startsWith(layer)) ||
        isShort(names, Image),
    )
    .map(({ Id }) => Id);
}

/** `node:24` of a Dockerfile is `docker.io/library/node:24` here. */
function isShort(names: ReadonlySet<string>, image: string): boolean {
  return [...names].some((name) => image.endsWith(`/${name}`) || image.endsWith(`/${name}:latest`));
}
