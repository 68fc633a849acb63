import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as text. The prefix tells scanners of leaked secrets, and people, what they look at. */
export function makeSecret(prefix: string): string {
  return `${prefix}${randomBytes(32).toString("base64url")}`;
}

/** All that is kept of a secret. It has 256 random bits, so that a fast hash is enough. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
