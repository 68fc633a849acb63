import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What an authenticator does, in software: a key pair, a counter, and signatures of what the page was asked. */
export class Authenticator {
  readonly id = randomBytes(16);
  counter = 0;
  /** Flag UV: the device knows its owner by a finger or a PIN. */
  knowsOwner = true;
  private readonly keys = generateKeyPairSync("ec", { namedCurve: "P-256" });

  /** The answer to `navigator.credentials.create`. */
  create(options: { challenge: string }, site: PageSite): Record<string, unknown> {
    const client = clientData("webauthn.create", options.challenge, site);
    const lengths = Buffer.from([0, this.id.length]);
    const credential = Buffer.concat([
      Buffer.alloc(16),
      lengths,
      this.id,
      coseKey(this.keys.publicKey),
    ]);
    const authData = Buffer.concat([this.head(site, 0x40), credential]);
    const attestation = encodeCbor(
      new Map<string, Cbor>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", authData],
      ]),
    );
    return this.answer({ clientDataJSON: url64(client), attestationObject: url64(attestation) });
  }

  /** The answer to `navigator.credentials.get`. */
  get(options: { challenge: string }, site: PageSite): Record<string, unknown> {
    const client = clientData("webauthn.get", options.challenge, site);
    const authenticatorData = this.head(site, 0);
    const signed = Buffer.concat([authenticatorData, sha256(client)]);
    const signature = sign("sha256", signed, this.keys.privateKey);
    return this.answer({
      clientDataJSON: url64(client),
      authenticatorData: url64(authenticatorData),
      signature: url64(signature),
    });
  }

  private answer(response: Record<string, string>): Record<string, unknown> {
    const id = url64(this.id);
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
  }

  private head({ host }: PageSite, flags: number): Buffer {
    this.counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.counter);
    const userFlags = this.knowsOwner ? 0x05 : 0x01;
    return Buffer.concat([sha256(Buffer.from(host)), Buffer.from([flags | userFlags]), count]);
  }
}

/** The page that asks, as the browser sees it. */
export interface PageSite {
  readonly origin: string;
  readonly host: string;
}

function clientData(type: string, challenge: string, { origin }: PageSite): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** The public key as COSE writes it: an elliptic curve (2), ES256 (-7), P-256 (1). */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return encodeCbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, "base64url")],
      [-3, Buffer.from(y, "base64url")],
    ]),
  );
}

type Cbor = string | number | Buffer | Map<string | number, Cbor>;

/** As much of CBOR (RFC 8949) as this needs. */
function encodeCbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") {
    const text = Buffer.from(value);
    return Buffer.concat([head(3, text.length), text]);
  }
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const pairs = [...value].flatMap(([key, part]) => [encodeCbor(key), encodeCbor(part)]);
  return Buffer.concat([head(5, value.size), ...pairs]);
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument]);
  return Buffer.from([(major << 5) | 25, argument >> 8, argument & 0xff]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function url64(bytes: Buffer): string {
  return bytes.toString("base64url");
}
