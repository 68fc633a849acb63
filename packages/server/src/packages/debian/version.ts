/**
 * Orders two Debian versions the way dpkg does: epoch, upstream part, revision; digits count as
 * numbers, `~` sorts before everything, even before the end of a part.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = splitVersion(a);
  const right = splitVersion(b);
  return (
    comparePart(left.epoch, right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

interface VersionParts {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

function splitVersion(version: string): VersionParts {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? "0" : version.slice(0, colon),
    upstream: hyphen < 0 ? rest : rest.slice(0, hyphen),
    revision: hyphen < 0 ? "" : rest.slice(hyphen + 1),
  };
}

/** Compares runs of non-digits and runs of digits in turn, as deb-version(7) defines it. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const left = digitsAt(a, i);
    const right = digitsAt(b, j);
    i += left.length;
    j += right.length;
    const difference = compareDigits(left, right);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

/** `~` before the end, the end (or a digit) before letters, letters before everything else. */
function weight(text: string, index: number): number {
  if (index >= text.length || isDigit(text, index)) return 0;
  const code = text.charCodeAt(index);
  if (code === 126) return -1;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetter ? code : code + 256;
}

function digitsAt(text: string, start: number): string {
  let end = start;
  while (end < text.length && isDigit(text, end)) end++;
  return text.slice(start, end);
}

/** As numbers of any length, so without parsing them. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The operators of a dependency, as deb-control(5) writes them. */
export type Relation = "<<" | "<=" | "=" | ">=" | ">>";

/** True where `version` is what `relation wanted` asks for. */
export function satisfies(version: string, relation: Relation, wanted: string): boolean {
  const order = compareVersions(version, wanted);
  switch (relation) {
    case "<<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case ">=":
      return order >= 0;
    case ">>":
      return order > 0;
  }
}
