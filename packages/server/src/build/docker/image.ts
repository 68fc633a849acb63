import { z } from "zod";
import { type Engine, runEngine } from "./engine.ts";

const nanoseconds = z.number().min(0).optional();

/** What an image says of the containers made of it; engines leave out or null what is not set. */
export const ImageConfig = z.object({
  User: z.string().nullish(),
  Env: z.array(z.string()).nullish(),
  Entrypoint: z.array(z.string()).nullish(),
  Cmd: z.array(z.string()).nullish(),
  WorkingDir: z.string().nullish(),
  ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
  Volumes: z.record(z.string(), z.unknown()).nullish(),
  StopSignal: z.string().nullish(),
  Shell: z.array(z.string()).nullish(),
  Healthcheck: z
    .object({
      Test: z.array(z.string()).nullish(),
      Interval: nanoseconds,
      Timeout: nanoseconds,
      StartPeriod: nanoseconds,
      Retries: z.int().min(0).optional(),
    })
    .nullish(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

const Inspected = z.tuple([
  z.object({
    Id: z.string(),
    Architecture: z.string(),
    Os: z.string(),
    Size: z.number(),
    Config: ImageConfig,
    RootFS: z.object({ Layers: z.array(z.string()).nullish() }),
    /** podman shows it beside the config. */
    Healthcheck: ImageConfig.shape.Healthcheck,
  }),
]);

export interface Image {
  /** `sha256:` and 64 digits, for both engines. */
  readonly id: string;
  readonly system: string;
  readonly layers: number;
  readonly bytes: number;
  readonly config: ImageConfig;
}

/** undefined where the engine does not have it. */
export async function inspectImage(
  engine: Pick<Engine, "program">,
  reference: string,
): Promise<Image | undefined> {
  const result = await runEngine(engine, ["image", "inspect", reference]);
  if (result.exitCode !== 0) return undefined;
  const [found] = Inspected.parse(JSON.parse(result.stdout));
  return {
    id: `sha256:${found.Id.replace(/^sha256:/, "")}`,
    system: `${found.Os}/${found.Architecture}`,
    layers: found.RootFS.Layers?.length ?? 0,
    bytes: found.Size,
    config: { ...found.Config, Healthcheck: found.Config.Healthcheck ?? found.Healthcheck },
  };
}

/** The hexadecimal part, as file names and tags take it. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}
