import { createHash } from "node:crypto";
import { defineError, ExitCode } from "@hop3/core";

export const sshKeyInvalid = defineError<{ reason: string }>({
  code: "SSH_KEY_INVALID",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ reason }) => `this is no public SSH key: ${reason}`,
  hint: () =>
    "Give the one line of a .pub file: hop3 keys add ~/.ssh/id_ed25519.pub; a new pair is made by ssh-keygen -t ed25519",
});

/** A public key as OpenSSH writes it on one line. */
export interface PublicKey {
  readonly type: string;
  readonly blob: string;
  readonly comment: string;
  /** `SHA256:…`, as ssh-keygen -l shows it. */
  readonly fingerprint: string;
}

const types = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];
const leastRsaBits = 2048;
const maxLength = 16_384;

/** Reads `<type> <base64> [comment]`. Options before the type would be rules for sshd, and are refused. */
export function parsePublicKey(text: string): PublicKey {
  const line = text.trim();
  if (line.length > maxLength) throw sshKeyInvalid({ reason: "it is too long" });
  if (line.includes("PRIVATE KEY")) throw sshKeyInvalid({ reason: "it is a private one" });
  if (/[\r\n\0]/.test(line)) throw sshKeyInvalid({ reason: "it is more than one line" });
  const [type = "", blob = "", ...comment] = line.split(/[ \t]+/);
  if (!types.includes(type)) {
    throw sshKeyInvalid({ reason: `it does not begin with a type such as ${types[0]}` });
  }
  const bytes = Buffer.from(blob, "base64");
  const fields = readFields(bytes);
  if (bytes.toString("base64") !== blob || fields?.[0]?.toString("latin1") !== type) {
    throw sshKeyInvalid({ reason: "what follows its type is damaged" });
  }
  if (type === "ssh-rsa" && rsaBits(fields[2]) < leastRsaBits) {
    throw sshKeyInvalid({ reason: `an RSA key needs at least ${leastRsaBits} bits` });
  }
  return { type, blob, comment: comment.join(" "), fingerprint: fingerprintOf(bytes) };
}

export function fingerprintOf(blob: Uint8Array): string {
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return `SHA256:${digest}`;
}

/** Of `ssh-ed25519 AAAA…`, one key of a host. */
export function hostKeyFingerprint(hostKey: string): string {
  return fingerprintOf(Buffer.from(hostKey.split(" ")[1] ?? "", "base64"));
}

/** Each field has its length before it; undefined where they do not add up. */
function readFields(bytes: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields.length < 2 ? undefined : fields;
}

/** The modulus is a number with a zero byte before it where its first bit is set. */
function rsaBits(modulus: Buffer | undefined): number {
  const hex = (modulus?.toString("hex") ?? "").replace(/^0+/, "");
  return hex === "" ? 0 : BigInt(`0x${hex}`).toString(2).length;
}
