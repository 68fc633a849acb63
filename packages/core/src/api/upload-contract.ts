import { z } from "zod";

/** SHA-256 in hexadecimal. */
export const ContentHash = z.string().regex(/^[0-9a-f]{64}$/);
export type ContentHash = z.infer<typeof ContentHash>;

const Path = z.string().min(1).max(4096);

/** A run of files of an upload: `[path, size, hash]`, with a 1 behind where it may be executed, or `[link, target]`. */
export const UploadPageLines = z
  .array(
    z.union([
      z.tuple([Path, z.int().min(0), ContentHash]),
      z.tuple([Path, z.int().min(0), ContentHash, z.literal(1)]),
      z.tuple([Path, z.string().min(1).max(4096)]),
    ]),
  )
  .min(1)
  .max(4096);
export type UploadPageLines = z.infer<typeof UploadPageLines>;

/** A run of whole numbers: the first, and the one behind the last. */
const Range = z.tuple([z.int().min(0), z.int().min(0)]);

/** What of an upload the server lacks. Files are counted from 0 through all pages; their contents are asked for once. */
export const UploadState = z.strictObject({
  id: ContentHash,
  /** While a page is missing nothing is known of the files. */
  missingPages: z.array(Range),
  missing: z.array(Range),
  /** Files of which a part has arrived, and how many bytes. */
  arrived: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
  /** Requests that bring contents of it just now: whoever has lost a connection may be one of them, and waits. */
  receiving: z.int().min(0),
});
export type UploadState = z.infer<typeof UploadState>;

export const UploadReceived = z.strictObject({ files: z.int(), bytes: z.int() });
export type UploadReceived = z.infer<typeof UploadReceived>;
