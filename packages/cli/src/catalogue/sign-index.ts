import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { readIfThere, writeText } from "../files.ts";
import { catalogueKeyInvalid } from "./index-errors.ts";

/** A private ed25519 key; where the file is not there, a key is made, for its owner's eyes alone. */
export async function openKey(file: string): Promise<KeyObject> {
  const text = await readIfThere(file);
  if (text !== undefined) return parseKey(file, text);
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  await writeText(file, pem, { mode: 0o600, flag: "wx" });
  return privateKey;
}

function parseKey(file: string, text: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (cause) {
    throw catalogueKeyInvalid({ file }, { cause });
  }
  throw catalogueKeyInvalid({ file });
}

/** What stands in index.json.sig: a line for each key. */
export function signatures(text: string, keys: readonly KeyObject[]): string {
  return keys.map((key) => `${sign(null, Buffer.from(text), key).toString("base64")}\n`).join("");
}

/** What stands in server.toml: the 32 bytes of the public key in base64. */
export function publicKeyOf(key: KeyObject): string {
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  return der.subarray(-32).toString("base64");
}
