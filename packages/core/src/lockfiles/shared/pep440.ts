const form =
  /^v?(?:(\d{1,9})!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?([-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i;

interface PythonVersion {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Order of what follows the release: dev before a, b, rc before nothing before post. */
  readonly suffix: readonly number[];
  readonly local: string;
}

const phases: Readonly<Record<string, number>> = {
  a: -3,
  alpha: -3,
  b: -2,
  beta: -2,
  c: -1,
  rc: -1,
  pre: -1,
  preview: -1,
};

const last = Number.MAX_SAFE_INTEGER;

/** Reads a version of the Python world (PEP 440); undefined for anything else. */
export function parsePythonVersion(text: string): PythonVersion | undefined {
  const match = text.length > 128 ? null : form.exec(text.trim());
  if (match === null) return undefined;
  const [, epoch, release = "", phase, phaseNumber, ...rest] = match;
  const [bare, post, postNumber, dev, devNumber, local = ""] = rest;
  const hasPost = bare !== undefined || post !== undefined;
  const isDev = dev !== undefined;
  return {
    epoch: numberOf(epoch),
    release: release.split(".").map(Number),
    suffix: [
      phaseRank(phase, isDev && !hasPost),
      numberOf(phaseNumber),
      hasPost ? numberOf(bare ?? postNumber) + 1 : 0,
      isDev ? numberOf(devNumber) : last,
    ],
    local: local.toLowerCase().replace(/[-_]/g, "."),
  };
}

function numberOf(digits: string | undefined): number {
  return Number(digits ?? "");
}

/** 1.0.dev1 comes before 1.0a1: a lone dev counts as a phase of its own. */
function phaseRank(phase: string | undefined, isLoneDev: boolean): number {
  if (phase !== undefined) return phases[phase.toLowerCase()] ?? 0;
  return isLoneDev ? -4 : 0;
}

/** Negative, zero or positive, as for sort(); local parts are left out. */
function compareVersions(a: PythonVersion, b: PythonVersion): number {
  return (
    a.epoch - b.epoch || compareNumbers(a.release, b.release) || compareNumbers(a.suffix, b.suffix)
  );
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const operators = ["===", "==", "!=", "<=", ">=", "~=", "<", ">"] as const;
export type VersionOperator = (typeof operators)[number];

export function isVersionOperator(text: string): text is VersionOperator {
  return operators.some((operator) => operator === text);
}

/** True where the version is one that a list such as `>=1.2,<2` lets through; undefined where either is not readable. */
export function satisfies(version: string, specifiers: string): boolean | undefined {
  for (const specifier of specifiers.split(",")) {
    if (specifier.trim() === "") continue;
    const [, operator = "", wanted = ""] = /^\s*([=!<>~]{1,3})\s*(\S+)\s*$/.exec(specifier) ?? [];
    if (!isVersionOperator(operator)) return undefined;
    const result = compareWith(version, operator, wanted);
    if (result !== true) return result;
  }
  return true;
}

/** One comparison of PEP 440. */
export function compareWith(
  version: string,
  operator: VersionOperator,
  wanted: string,
): boolean | undefined {
  const have = parsePythonVersion(version);
  const isPrefix = wanted.endsWith(".*");
  const want = parsePythonVersion(isPrefix ? wanted.slice(0, -2) : wanted);
  if (have === undefined || want === undefined) return undefined;
  if (isPrefix) return prefixResult(operator, startsWith(have, want));
  const order = compareVersions(have, want);
  const isSame = order === 0 && (want.local === "" || want.local === have.local);
  switch (operator) {
    case "===":
      return version.toLowerCase() === wanted.toLowerCase();
    case "==":
      return isSame;
    case "!=":
      return !isSame;
    case "<=":
      return order <= 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0 && !(isSameRelease(have, want) && isEarly(have) && !isEarly(want));
    case ">":
      return order > 0 && !(isSameRelease(have, want) && isPost(have) && !isPost(want));
    case "~=":
      return order >= 0 && startsWith(have, { ...want, release: want.release.slice(0, -1) });
  }
}

/** <3.0 is not meant to let 3.0rc1 through, nor >3.0 to let 3.0.post1. */
function isSameRelease(a: PythonVersion, b: PythonVersion): boolean {
  return a.epoch === b.epoch && compareNumbers(a.release, b.release) === 0;
}

function isEarly({ suffix }: PythonVersion): boolean {
  return (suffix[0] ?? 0) < 0 || suffix[3] !== last;
}

function isPost({ suffix }: PythonVersion): boolean {
  return (suffix[2] ?? 0) > 0;
}

function prefixResult(operator: VersionOperator, matches: boolean): boolean | undefined {
  if (operator === "==") return matches;
  return operator === "!=" ? !matches : undefined;
}

function startsWith(have: PythonVersion, want: Pick<PythonVersion, "epoch" | "release">): boolean {
  return (
    have.epoch === want.epoch && want.release.every((part, at) => (have.release[at] ?? 0) === part)
  );
}
