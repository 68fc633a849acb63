import { createHmac, timingSafeEqual } from "node:crypto";
import { hookSignatureWrong } from "./hook-errors.ts";

/** What a forge has sent, as it came. */
export interface RawDelivery {
  /** By lower-case name. */
  readonly headers: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** `sha256=<hex>` of GitHub, bare hex of Gitea and Forgejo. */
const hmacHeaders = ["x-hub-signature-256", "x-forgejo-signature", "x-gitea-signature"] as const;

/** Fails unless whoever has sent this knows the secret. */
export function checkSignature({ headers, body }: RawDelivery, secret: string): void {
  const signature = hmacHeaders.map(headers).find((value) => value !== undefined && value !== "");
  if (signature !== undefined) {
    const expected = createHmac("sha256", secret).update(body).digest("hex");
    if (isSame(signature.replace(/^sha256=/, ""), expected)) return;
    throw hookSignatureWrong({ reason: "its signature is that of another secret or body" });
  }
  // GitLab signs nothing: it sends the secret itself.
  const token = headers("x-gitlab-token");
  if (token === undefined) throw hookSignatureWrong({ reason: "it is not signed" });
  if (!isSame(token, secret)) throw hookSignatureWrong({ reason: "its token is another one" });
}

/** In the same time wherever they differ, and whatever their lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
