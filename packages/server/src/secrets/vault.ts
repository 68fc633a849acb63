import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { defineError, ExitCode } from "@hop3/core";
import { z } from "zod";

export const keyUnusable = defineError<{ file: string; reason: string }>({
  code: "KEY_UNUSABLE",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ file, reason }) => `${file} ${reason}, so stored configuration cannot be read`,
  hint: ({ file }) =>
    `Put back the ${file} that belongs to this home; without it the values are lost`,
});

/** Layout of a sealed value: version 1, 12 bytes nonce, 16 bytes tag, ciphertext (AES-256-GCM, NIST SP 800-38D). */
const version = 1;
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

const Values = z.record(z.string(), z.string());

/** Encrypts configuration at rest. `purpose` is authenticated: a value cannot be moved to another app or key. */
export interface Vault {
  seal(text: string, purpose: string): Uint8Array;
  open(sealed: Uint8Array, purpose: string): string;
  sealValues(values: Readonly<Record<string, string>>, purpose: string): Uint8Array;
  openValues(sealed: Uint8Array, purpose: string): Record<string, string>;
  /** Equal values have equal digests; tells nothing of them without the key. */
  digest(values: Readonly<Record<string, string>>): string;
}

/** Reads the key, or makes one (mode 0600) where nothing has been sealed yet. */
export function openVault(file: string, { mayMake }: { readonly mayMake: boolean }): Vault {
  const master = readKey(file) ?? (mayMake ? makeKey(file) : undefined);
  if (master === undefined) throw keyUnusable({ file, reason: "is missing" });
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync("sha256", master, "", `hop3 ${use}`, keyLength));
  const sealing = derive("config sealing");
  const digesting = derive("config digest");

  const seal = (text: string, purpose: string): Uint8Array => {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv("aes-256-gcm", sealing, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), body]);
  };
  const open = (sealed: Uint8Array, purpose: string): string => {
    const bytes = Buffer.from(sealed);
    const body = 1 + nonceLength + tagLength;
    if (bytes[0] !== version || bytes.length < body) {
      throw keyUnusable({ file, reason: "meets a value of an unknown format" });
    }
    const decipher = createDecipheriv("aes-256-gcm", sealing, bytes.subarray(1, 1 + nonceLength))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(1 + nonceLength, body));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]).toString(
        "utf8",
      );
    } catch (error) {
      throw keyUnusable({ file, reason: "does not fit the database" }, { cause: error });
    }
  };
  return {
    seal,
    open,
    sealValues: (values, purpose) => seal(JSON.stringify(values), purpose),
    openValues: (sealed, purpose) => Values.parse(JSON.parse(open(sealed, purpose))),
    digest: (values) =>
      createHmac("sha256", digesting)
        .update(JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))))
        .digest("hex"),
  };
}

function readKey(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw keyUnusable({ file, reason: "cannot be read" }, { cause: error });
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== keyLength) throw keyUnusable({ file, reason: "does not hold a key" });
  return key;
}

function makeKey(file: string): Buffer {
  const key = randomBytes(keyLength);
  writeFileSync(file, `${key.toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  return key;
}
