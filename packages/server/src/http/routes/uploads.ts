import { mkdir } from "node:fs/promises";
import { createRoute, z } from "@hono/zod-openapi";
import { ContentHash, UploadReceived, UploadState } from "@hop3/core";
import type { Context } from "hono";
import { decodeBody, readLines } from "../../upload/body.ts";
import { mostListBytes } from "../../upload/lists.ts";
import { makeUploads, type Uploads } from "../../upload/uploads.ts";
import { reads } from "../access.ts";
import { AppParams, json, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

/** Of one request, unzipped: a client sends more in several. */
const mostContentBytes = 64 * 1024 * 1024;

/** The audit log tells of the deployment that an upload is for. */
const mayDeploy = reads("app.deploy");

const UploadParams = AppParams.extend({ upload: ContentHash });
const lines = {
  content: { "application/x-ndjson": { schema: z.string() } },
  description: "Lines; content-encoding gzip is understood",
};

const beginUpload = createRoute({
  ...mayDeploy,
  method: "post",
  path: "/apps/{app}/uploads",
  description:
    "Begins an upload: each line is a page of its list of files (an array of [path, size, sha256], [path, size, sha256, 1] for what may be executed, [link, target]) or the SHA-256 of such a line. The app is made where it is new.",
  request: { params: AppParams, body: lines },
  responses: { 200: json(UploadState, "What the server lacks"), ...problems },
});
const getUpload = createRoute({
  ...mayDeploy,
  method: "get",
  path: "/apps/{app}/uploads/{upload}",
  request: { params: UploadParams },
  responses: { 200: json(UploadState, "What the server lacks"), ...problems },
});
const addPages = createRoute({
  ...mayDeploy,
  method: "post",
  path: "/apps/{app}/uploads/{upload}/pages",
  description: "Pages of the list of files that the server lacks, one a line",
  request: { params: UploadParams, body: lines },
  responses: { 200: json(UploadState, "What the server still lacks"), ...problems },
});
const addContents = createRoute({
  ...mayDeploy,
  method: "post",
  path: "/apps/{app}/uploads/{upload}/contents",
  description:
    "Contents that the server lacks, one after the other: SHA-256 (32 bytes), offset and length (8 bytes each, most significant first), then the bytes. What has arrived stays for a day when the connection breaks.",
  request: {
    params: UploadParams,
    body: {
      content: {
        "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) },
      },
    },
  },
  responses: { 200: json(UploadReceived, "What of it was new"), ...problems },
});

export function uploadRoutes({ platform, deployer }: Service) {
  const find = (app: string): Uploads => {
    deployer.requireApp(app);
    return openUploads(platform, app);
  };
  return makeRoutes()
    .openapi(beginUpload, async (c) => {
      const { name } = await deployer.prepareApp(c.req.valid("param").app);
      // What an upload keeps is closed to all; the App's user reaches its data through the directories above.
      await mkdir(platform.home.app(name).dir, { recursive: true, mode: 0o711 });
      return c.json(await openUploads(platform, name).begin(await bodyLines(c)), 200);
    })
    .openapi(getUpload, async (c) => {
      const { app, upload } = c.req.valid("param");
      return c.json(await find(app).state(upload), 200);
    })
    .openapi(addPages, async (c) => {
      const { app, upload } = c.req.valid("param");
      return c.json(await find(app).addPages(upload, await bodyLines(c)), 200);
    })
    .openapi(addContents, async (c) => {
      const { app, upload } = c.req.valid("param");
      const uploads = find(app);
      const body = decodeBody(c.req.raw.body, c.req.header("content-encoding"), mostContentBytes);
      return c.json(await uploads.receive(upload, body), 200);
    });
}

/** Uploads of an App that is known to be there. */
export function openUploads(
  { home, settings, now }: Pick<Service["platform"], "home" | "settings" | "now">,
  app: string,
): Uploads {
  const { policy } = settings;
  const limits = { maxBytes: policy["max-upload-bytes"], maxFiles: policy["max-source-files"] };
  return makeUploads(home.app(app).contents, limits, now);
}

async function bodyLines(c: Context): Promise<string[]> {
  const encoding = c.req.header("content-encoding");
  return await readLines(decodeBody(c.req.raw.body, encoding, mostListBytes));
}
