import { readFile } from "node:fs/promises";
import { createRoute, z } from "@hono/zod-openapi";
import {
  ReleaseDetail,
  type ReleaseSettings,
  ReleaseSummary,
  RolloutSettings,
  withoutGaps,
} from "@hop3/core";
import { verifyRelease } from "../../deploy/verify-release.ts";
import { buildLogFile } from "../../nix/client.ts";
import { changes, describeChange, reads } from "../access.ts";
import { AppParams, json, makeRoutes, problems } from "../openapi.ts";
import { ReleaseParams, releaseOf } from "../release-params.ts";
import type { Service } from "../service.ts";
import { streamLines } from "../stream-lines.ts";
import { showRelease } from "../views.ts";

const listReleases = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/releases",
  request: { params: AppParams },
  responses: {
    200: json(z.object({ releases: z.array(ReleaseSummary) }), "Newest first"),
    ...problems,
  },
});
const getRelease = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/releases/{number}",
  request: { params: ReleaseParams },
  responses: { 200: json(ReleaseDetail, "With its artifact"), ...problems },
});
const getBuildLog = createRoute({
  ...reads("app.logs"),
  method: "get",
  path: "/apps/{app}/releases/{number}/build-log",
  request: { params: ReleaseParams },
  responses: {
    200: { content: { "text/plain": { schema: z.string() } }, description: "What the build said" },
    ...problems,
  },
});

const verifyReleaseRoute = createRoute({
  ...changes("app.deploy", "release.verify"),
  method: "post",
  path: "/apps/{app}/releases/{number}/verify",
  request: { params: ReleaseParams },
  responses: {
    200: { description: "application/x-ndjson: a line for each derivation, then the result" },
    ...problems,
  },
});

export function releaseRoutes(service: Service) {
  const { platform, deployer } = service;
  return makeRoutes()
    .openapi(listReleases, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const releases = platform.releases
        .all(app.id)
        .map((entry) => showRelease(platform, app, entry));
      return c.json({ releases }, 200);
    })
    .openapi(getRelease, (c) => {
      const { app, release } = releaseOf(service, c.req.valid("param"));
      const { artifact, verification } = release;
      const detail = showRelease(platform, app, release);
      const settings = release.settings && showRollout(release.settings);
      const more = withoutGaps({ artifact, settings, verification });
      return c.json({ ...detail, ...more }, 200);
    })
    .openapi(getBuildLog, async (c) => {
      const { app, release } = releaseOf(service, c.req.valid("param"));
      const dir = platform.home.app(app.name).release(release.number);
      return c.text(await readFile(buildLogFile(dir), "utf8").catch(() => ""), 200);
    })
    .openapi(verifyReleaseRoute, (c) => {
      const params = c.req.valid("param");
      const found = releaseOf(service, params);
      describeChange(c, { target: `release ${params.number}` });
      const { signal } = c.req.raw;
      return streamLines(c, async (onLine) => ({
        verification: await verifyRelease(platform, found, { signal, onLine }),
      }));
    });
}

function showRollout(settings: ReleaseSettings): RolloutSettings {
  return RolloutSettings.strip().parse({ ...settings, envKeys: Object.keys(settings.env).sort() });
}
