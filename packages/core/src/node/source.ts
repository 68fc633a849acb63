/** Which files of a directory may leave the machine. Like base.ts without a schema, so that an upload starts at once. */
export { makeSourceFilter } from "../source/filter.ts";
export { sourceSecret } from "../source/secret-scan.ts";
export { sourceEmpty, sourceNotFound, sourceUnreadable } from "../source/source-errors.ts";
export { scanSource } from "./scan-source.ts";
export {
  encodeUploadHeader,
  makeUploadPages,
  type UploadEntry,
  type UploadPage,
  uploadId,
} from "./upload.ts";
export { type SourceEntry, walkSource } from "./walk-source.ts";
