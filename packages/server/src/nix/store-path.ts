import { createHash } from "node:crypto";

const alphabet = "0123456789abcdfghijklmnpqrsvwxyz";
const hashBytes = 20;

/** Where the store keeps a tree that was entered by its NAR hash, as builtins.fetchTree does. */
export function sourceStorePath(narHash: string): string {
  const digest = Buffer.from(narHash.replace(/^sha256-/, ""), "base64").toString("hex");
  const fingerprint = `source:sha256:${digest}:/nix/store:source`;
  const hash = createHash("sha256").update(fingerprint).digest();
  return `/nix/store/${toBase32(fold(hash))}-source`;
}

/** Nix shortens a hash by XOR instead of cutting it. */
function fold(hash: Buffer): Uint8Array {
  const short = new Uint8Array(hashBytes);
  for (const [index, byte] of hash.entries()) {
    const at = index % hashBytes;
    short[at] = (short[at] ?? 0) ^ byte;
  }
  return short;
}

/** Nix's own base 32: the last five bits first. */
function toBase32(bytes: Uint8Array): string {
  let text = "";
  for (let digit = Math.ceil((bytes.length * 8) / 5) - 1; digit >= 0; digit -= 1) {
    const bit = digit * 5;
    const [byte, shift] = [Math.floor(bit / 8), bit % 8];
    const pair = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8);
    text += alphabet.charAt((pair >> shift) & 31);
  }
  return text;
}
