import { networkOf } from "./client-address.ts";
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
/** Nobody guesses 256 bits: what comes here is a program with an old token, or noise. */
const ofTokens: Rule = { free: 300, maxSeconds: 60 };

const forgetMs = 3600_000;
const maxEntries = 20_000;

/** Slows guessing down, per account and per address. In memory: a restart is not in a guesser's hands. */
export interface SignInLimit {
  /** Counts a try before its outcome is known, so that many at once gain nothing; fails where it is too early. */
  begin(account: string | undefined, from: Origin): void;
  /** The try was right: the account starts anew. */
  succeeded(account: string, from: Origin): void;
  /** Counts a token that nobody has. The right one is never refused: whoever has it does not guess. */
  wrongToken(address: string): void;
}

/** Where somebody tries from. */
export interface Origin {
  readonly address: string;
  /**
   * The account has a session there. Tries from there are counted apart, so that strangers who guess all the time cannot
   * keep its owner out.
   */
  readonly isKnown?: boolean | undefined;
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
  const attempt = (keys: readonly (readonly [string, Rule])[]): void => {
    const seconds = Math.max(0, ...keys.map(([key, rule]) => waitOf(key, rule)));
    if (seconds > 0) throw signInLimited({ seconds });
    for (const [key] of keys) count(key);
  };
  return {
    begin(account, from) {
      const { address } = from;
      const keys: (readonly [string, Rule])[] = [];
      if (account !== undefined) keys.push([accountKey(account, from), ofAccount]);
      if (address !== "local") keys.push([`address ${networkOf(address)}`, ofAddress]);
      attempt(keys);
    },
    succeeded: (account, from) => void tries.delete(accountKey(account, from)),
    wrongToken(address) {
      if (address !== "local") attempt([[`tokens ${networkOf(address)}`, ofTokens]]);
    },
  };
}

function accountKey(account: string, { address, isKnown }: Origin): string {
  return isKnown === true ? `account ${account} at ${networkOf(address)}` : `account ${account}`;
}
