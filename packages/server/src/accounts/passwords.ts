import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { signInBusy } from "./errors.ts";

/** Argon2id as OWASP recommends it: 19 MiB, two passes; 50 ms of one core. Each hash names its own cost. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const tagLength = 32;
const nonceLength = 16;

const derive = promisify(argon2);

/** At most so many at once and so many more in wait: strangers must not be able to occupy the machine. */
const atOnce = 2;
const inWait = 32;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= inWait) throw signInBusy({});
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    // A turn is handed on, so that nobody who comes later is first.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

/** The same word typed on two keyboards may be other bytes. */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize("NFKC"));
}

/** `$argon2id$v=19$m=…,t=…,p=…$nonce$tag`, as every library writes and reads it. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(nonceLength);
  const message = bytesOf(password);
  const tag = await inTurn(() => derive("argon2id", { ...cost, message, nonce, tagLength }));
  const { memory, passes, parallelism } = cost;
  const numbers = `m=${memory},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${numbers}$${encode(nonce)}$${encode(tag)}`;
}

const stored = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Nobody's password: whoever does not exist takes as long to refuse as whoever does. */
const nobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${encode(Buffer.alloc(nonceLength))}$${encode(Buffer.alloc(tagLength))}`;

/** Whether it is the password of this hash; without one the answer is no, after the same time. */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  const own = hash === undefined ? null : stored.exec(hash);
  const [, memory, passes, parallelism, nonce = "", tag = ""] = own ?? stored.exec(nobody) ?? [];
  const expected = Buffer.from(tag, "base64");
  const parameters = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, "base64"),
    tagLength: expected.length,
    message: bytesOf(password),
  };
  const found = await inTurn(() => derive("argon2id", parameters));
  return timingSafeEqual(found, expected) && own !== null;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
