import { createHmac, timingSafeEqual } from "node:crypto";
import { hookSignatureWrong, hookTimeWrong } from "./hook-errors.ts";

/** What a forge has sent, as it came. */
export interface RawDelivery {
  /** By lower-case name. */
  readonly headers: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** `sha256=<hex>` of GitHub, bare hex of Gitea and Forgejo. */
const hmacHeaders = ["x-hub-signature-256", "x-forgejo-signature", "x-gitea-signature"] as const;
const mostSeconds = 300;

/** Fails unless whoever has sent this knows the secret. */
export function checkSignature(delivery: RawDelivery, secret: string, now: Date): void {
  const { headers, body } = delivery;
  if (headers("webhook-signature") !== undefined) {
    checkStandard(delivery, secret, now);
    return;
  }
  const signature = hmacHeaders.map(headers).find((value) => value !== undefined && value !== "");
  if (signature !== undefined) {
    const expected = createHmac("sha256", secret).update(body).digest("hex");
    if (isSame(signature.replace(/^sha256=/, ""), expected)) return;
    throw hookSignatureWrong({ reason: "its signature is that of another secret or body" });
  }
  // GitLab without a signing token signs nothing: it sends the secret itself.
  const token = headers("x-gitlab-token");
  if (token === undefined) throw hookSignatureWrong({ reason: "it is not signed" });
  if (!isSame(token, secret)) throw hookSignatureWrong({ reason: "its token is another one" });
}

/** Name of a delivery that its signature covers, where it does. */
export function signedName({ headers }: RawDelivery): string | undefined {
  return headers("webhook-signature") === undefined ? undefined : headers("webhook-id");
}

/** GitLab since 19.0, as Standard Webhooks says: name, time and body are signed with the bytes that the secret stands for. */
function checkStandard({ headers, body }: RawDelivery, secret: string, now: Date): void {
  const [name = "", time = "", signatures = ""] = [
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
  ].map(headers);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${name}.${time}.`).update(body);
  const signature = `v1,${expected.digest("base64")}`;
  // More than one while a secret is exchanged for another.
  if (!signatures.split(" ").some((each) => isSame(each, signature))) {
    throw hookSignatureWrong({ reason: "its signature is that of another secret or body" });
  }
  const seconds = Math.round(now.getTime() / 1_000) - Number(time);
  if (!(Math.abs(seconds) <= mostSeconds)) throw hookTimeWrong({ seconds });
}

/** In the same time wherever they differ, and whatever their lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
