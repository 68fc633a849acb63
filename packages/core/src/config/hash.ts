const hexPattern = /^[0-9a-f]{64}$/i;
const nix32Pattern = /^[0-9abcdfghijklmnpqrsvwxyz]{52}$/;
const base64Pattern = /^[A-Za-z0-9+/]{43}=$/;
const sriPattern = /^sha(?:256-[A-Za-z0-9+/]{43}=|512-[A-Za-z0-9+/]{86}==)$/;

/** Digits of Nix's own base 32: without e, o, t and u. */
const nix32Digits = "0123456789abcdfghijklmnpqrsvwxyz";
const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The SRI spelling of a hash that may be written as SRI, or (sha256) as bare base64 (44 characters),
 * nix32 (52) or hex (64), with or without `sha256:` in front; undefined for anything else.
 */
export function toSri(text: string): string | undefined {
  if (sriPattern.test(text)) return text;
  const bare = text.replace(/^sha256:/, "");
  if (base64Pattern.test(bare)) return `sha256-${bare}`;
  if (hexPattern.test(bare)) return `sha256-${encodeBase64(decodeHex(bare))}`;
  if (!nix32Pattern.test(bare)) return undefined;
  const bytes = decodeNix32(bare);
  return bytes === undefined ? undefined : `sha256-${encodeBase64(bytes)}`;
}

function decodeHex(text: string): readonly number[] {
  return Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}

/** Nix writes the digits from the last byte to the first; the four bits too many must be zero. */
function decodeNix32(text: string): readonly number[] | undefined {
  const bytes = new Array<number>(32).fill(0);
  for (let digitAt = 0; digitAt < text.length; digitAt++) {
    const digit = nix32Digits.indexOf(text.charAt(text.length - 1 - digitAt));
    const bit = digitAt * 5;
    const at = Math.floor(bit / 8);
    const shifted = digit << (bit % 8);
    bytes[at] = (bytes[at] ?? 0) | (shifted & 0xff);
    const carry = shifted >> 8;
    if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] ?? 0) | carry;
    else if (carry !== 0) return undefined;
  }
  return bytes;
}

function encodeBase64(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = bytes.slice(at, at + 3);
    const bits = ((group[0] ?? 0) << 16) | ((group[1] ?? 0) << 8) | (group[2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => base64Digits.charAt((bits >> shift) & 63));
    text += digits
      .slice(0, group.length + 1)
      .join("")
      .padEnd(4, "=");
  }
  return text;
}
