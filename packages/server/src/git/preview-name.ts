import { createHash } from "node:crypto";
import { previewNameTooLong } from "./preview-errors.ts";

/** Longest label of a host name (RFC 1035): a preview has an address. */
const longest = 63;
const hashLength = 8;

/**
 * What the preview of a branch is called: `shop--topic`. A branch that is not its own name has a hash at the end, so
 * that no two branches of an app go by one name.
 */
export function previewName(app: string, branch: string): string {
  const room = longest - app.length - 2;
  if (room < hashLength + 2) throw previewNameTooLong({ app });
  const slug = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const isItself = slug === branch && slug.length <= room && !/-[0-9a-f]{8}$/.test(slug);
  if (isItself) return `${app}--${slug}`;
  const hash = createHash("sha256").update(branch).digest("hex").slice(0, hashLength);
  const short = slug.slice(0, room - hashLength - 1).replace(/-+$/, "");
  return `${app}--${short === "" ? "" : `${short}-`}${hash}`;
}
