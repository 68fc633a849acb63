import type { DeploymentSummary, Problem } from "@hop3/core/api";
import { ApiError, address, at } from "../../api.ts";
import { packFiles, type UploadFile } from "./tar.ts";

/** Browsers send a stream only over HTTP/2, so the archive is gathered first. */
export function pack(files: readonly UploadFile[]): Promise<Blob> {
  return new Response(packFiles(files)).blob();
}

interface Upload {
  readonly app: string;
  /** A gzip-compressed tar. */
  readonly body: Blob;
  /** Told how much of it has arrived, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Uploads an archive; the Deployment of it comes back as soon as the server has it. `fetch` tells of no progress. */
export function uploadApp({ app, body, onProgress }: Upload): Promise<DeploymentSummary> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", address(at`/apps/${app}/deployments`));
    call.setRequestHeader("content-type", "application/gzip");
    call.upload.addEventListener("progress", ({ loaded, total }) => onProgress?.(loaded / total));
    call.addEventListener("error", () => reject(new Error("The upload broke off; try it again")));
    call.addEventListener("load", () => {
      const isGood = call.status < 400;
      try {
        const answer: unknown = JSON.parse(call.responseText);
        if (isGood) resolve(answer as DeploymentSummary);
        else reject(new ApiError(answer as Problem));
      } catch {
        reject(new Error(`The server answered ${call.status} ${call.statusText}`));
      }
    });
    call.send(body);
  });
}
