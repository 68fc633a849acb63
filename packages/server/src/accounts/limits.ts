import { signInLimited } from "./errors.ts";

interface Tries {
  readonly count: number;
  readonly last: number;
}

interface Rule {
  /** So many are free of delay. */
  readonly free: number;
  /** The delay doubles up to this. */
  readonly maxSeconds: number;
}

/** An account's delay stays short: else anybody could lock its owner out. */
const ofAccount: Rule = { free: 5, maxSeconds: 60 };
/** A whole office may share one address. */
const ofAddress: Rule = { free: 20, maxSeconds: 900 };

const forgetMs = 3600_000;
const maxEntries = 20_000;

/** Slows guessing down, per account and per address. In memory: a restart is not in a guesser's hands. */
export interface SignInLimit {
  /** Counts a try before its outcome is known, so that many at once gain nothing; fails where it is too early. */
  begin(account: string | undefined, address: string): void;
  /** The try was right: the account starts anew. */
  succeeded(account: string): void;
}

export function makeSignInLimit(now: () => Date): SignInLimit {
  const tries = new Map<string, Tries>();
  const waitOf = (key: string, rule: Rule): number => {
    const found = tries.get(key);
    if (found === undefined || found.count < rule.free) return 0;
    const seconds = Math.min(2 ** (found.count - rule.free), rule.maxSeconds);
    return Math.ceil((found.last + seconds * 1000 - now().getTime()) / 1000);
  };
  const count = (key: string): void => {
    const found = tries.get(key);
    const at = now().getTime();
    const isOld = found === undefined || at - found.last > forgetMs;
    // Taken out and put in again, the oldest is always the first.
    tries.delete(key);
    tries.set(key, { count: isOld ? 1 : found.count + 1, last: at });
    const [oldest] = tries.keys();
    if (tries.size > maxEntries && oldest !== undefined) tries.delete(oldest);
  };
  return {
    begin(account, address) {
      const keys: [string, Rule][] = [];
      if (account !== undefined) keys.push([`account ${account}`, ofAccount]);
      if (address !== "local") keys.push([`address ${network(address)}`, ofAddress]);
      const seconds = Math.max(0, ...keys.map(([key, rule]) => waitOf(key, rule)));
      if (seconds > 0) throw signInLimited({ seconds });
      for (const [key] of keys) count(key);
    },
    succeeded: (account) => void tries.delete(`account ${account}`),
  };
}

/** Whoever has one IPv6 address has the 2^64 beside it too. */
function network(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  return groups.slice(0, 4).join(":");
}
