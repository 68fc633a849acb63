import { Readable } from "node:stream";
import { createRoute, z } from "@hono/zod-openapi";
import { DeploymentSummary, StoredHashes, StoreKey } from "@hop3/core";
import { signingKey, storedHashes } from "../../nix/binary-cache.ts";
import { exportRelease } from "../../transfer/export-release.ts";
import { importRelease } from "../../transfer/import-release.ts";
import { changes, describeChange, reads } from "../access.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import { receiveUpload } from "../receive-upload.ts";
import { ReleaseParams, releaseOf } from "../release-params.ts";
import type { Service } from "../service.ts";
import { showDeployment } from "../views.ts";

const HashPart = z.string().regex(/^[a-z0-9]{32}$/);

const exportRoute = createRoute({
  ...changes("app.export", "release.export"),
  method: "post",
  path: "/apps/{app}/releases/{number}/export",
  description: "The Release as a tar: its manifest and a signed binary cache of its closure.",
  request: {
    params: ReleaseParams,
    body: jsonBody(z.strictObject({ have: z.array(HashPart).max(200_000).default([]) })),
  },
  responses: { 200: { description: "application/x-tar" }, ...problems },
});
const importRoute = createRoute({
  ...changes("app.deploy", "release.import"),
  method: "post",
  path: "/apps/{app}/import",
  description: "Takes over a Release of another server. The app is made where there is none.",
  request: {
    params: AppParams,
    body: { content: { "application/gzip": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: { 202: json(DeploymentSummary, "Queued; its events tell the rest"), ...problems },
});
const keyRoute = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/server/key",
  responses: { 200: json(StoreKey, "The key that exported Releases are signed with"), ...problems },
});

const storedRoute = createRoute({
  ...reads("nix.use"),
  method: "get",
  path: "/server/store",
  responses: { 200: json(StoredHashes, "Hash parts of the store's paths"), ...problems },
});

export function transferRoutes(service: Service) {
  const { platform, deployer } = service;
  return makeRoutes()
    .openapi(exportRoute, async (c) => {
      const { app, release } = releaseOf(service, c.req.valid("param"));
      describeChange(c, { target: `release ${release.number}` });
      const present = new Set(c.req.valid("json").have);
      const { signal } = c.req.raw;
      const bundle = await exportRelease(platform, { app, release, present, signal });
      c.header("content-type", "application/x-tar");
      return c.body(Readable.toWeb(Readable.from(bundle)) as never);
    })
    .openapi(importRoute, async (c) => {
      const app = await deployer.prepareApp(c.req.valid("param").app);
      const deployment = deployer.declare(app, "import");
      await receiveUpload({ platform }, deployment, c.req.raw.body);
      deployer.run(deployment, importRelease);
      return c.json(showDeployment(platform, deployment), 202);
    })
    .openapi(keyRoute, async (c) => {
      const { publicKey } = await signingKey(platform.home.keys);
      return c.json({ publicKey }, 200);
    })
    .openapi(storedRoute, async (c) => {
      return c.json({ hashes: [...(await storedHashes(c.req.raw.signal))] }, 200);
    });
}
