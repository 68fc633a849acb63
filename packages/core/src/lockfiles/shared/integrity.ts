const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Algorithms that Nix can check, strongest first, and the bytes of each. */
const algorithms = { sha512: 64, sha256: 32, sha1: 20 } as const;
type Algorithm = keyof typeof algorithms;
const strongestFirst: readonly Algorithm[] = ["sha512", "sha256", "sha1"];

/** Real algorithms that Nix refuses: a hash of these alone is as good as none. */
const uselessAlgorithms = ["sha384", "sha224", "md5", "blake2b", "sha3-256"];

/** What a word of a lockfile says about bytes. */
export type ParsedHash =
  | { readonly kind: "sri"; readonly sri: string }
  | { readonly kind: "useless" }
  | { readonly kind: "invalid" };

/** Reads `sha512-<base64>`, `sha256:<hex>`, `sha256=<hex>` and bare hex of 40, 64 or 128 digits. */
export function parseHash(text: string): ParsedHash {
  const word = /^([a-z0-9-]+?)([-:=])(.+)$/.exec(text);
  const [, algorithm = "", separator = "", value = ""] = word ?? [];
  if (uselessAlgorithms.includes(algorithm)) return { kind: "useless" };
  if (isAlgorithm(algorithm)) return parseValue(algorithm, separator, value);
  const bare = strongestFirst.find((name) => text.length === algorithms[name] * 2);
  return bare === undefined ? { kind: "invalid" } : parseValue(bare, ":", text);
}

function isAlgorithm(text: string): text is Algorithm {
  return Object.hasOwn(algorithms, text);
}

function parseValue(algorithm: Algorithm, separator: string, value: string): ParsedHash {
  const bytes = algorithms[algorithm];
  if (new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`).test(value) && separator !== "-") {
    return { kind: "sri", sri: `${algorithm}-${hexToBase64(value)}` };
  }
  // npm allows options behind a question mark; nothing uses them.
  const base64 = value.replace(/\?.*$/s, "");
  if (!isCanonicalBase64(base64, bytes)) return { kind: "invalid" };
  return { kind: "sri", sri: `${algorithm}-${base64}` };
}

/** True for the one base64 spelling of so many bytes: other last digits would name the same bytes. */
function isCanonicalBase64(text: string, bytes: number): boolean {
  const padding = (3 - (bytes % 3)) % 3;
  const length = Math.ceil(bytes / 3) * 4 - padding;
  if (!new RegExp(`^[A-Za-z0-9+/]{${length}}={${padding}}$`).test(text)) return false;
  const last = digits.indexOf(text.charAt(length - 1));
  return padding === 0 || last % (padding === 1 ? 4 : 16) === 0;
}

/** Strongest first, each once. */
export function sortHashes(hashes: readonly string[]): readonly string[] {
  return [...new Set(hashes)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(sri: string): number {
  return strongestFirst.findIndex((name) => sri.startsWith(`${name}-`));
}

/** True where sha1 is the best there is: enough against accidents, not against an attacker. */
export function isWeak(sri: string): boolean {
  return sri.startsWith("sha1-");
}

/** Base64 of bytes written in hex. */
export function hexToBase64(hex: string): string {
  let text = "";
  for (let at = 0; at < hex.length; at += 6) {
    const group = hex.slice(at, at + 6);
    const bits = Number.parseInt(group.padEnd(6, "0"), 16);
    const full = [18, 12, 6, 0].map((shift) => digits.charAt((bits >> shift) & 63)).join("");
    text += full.slice(0, group.length / 2 + 1).padEnd(4, "=");
  }
  return text;
}
