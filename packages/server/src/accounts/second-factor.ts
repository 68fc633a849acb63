import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import type { User, UserStore } from "../db/users.ts";
import type { Vault } from "../secrets/vault.ts";
import { codeWrong } from "./errors.ts";
import { hashSecret } from "./secrets.ts";

/** As every authenticator app expects it (RFC 6238). */
const digits = 6;
const periodSeconds = 30;
/** Clocks of telephones are wrong by so many steps at most. */
const window = 1;
const recoveryCodes = 10;

interface SecondFactorParts {
  readonly users: UserStore;
  readonly vault: Vault;
  now(): Date;
}

/** Codes of an authenticator app, and recovery codes for when it is lost. */
export interface SecondFactor {
  /** A secret to be confirmed by `enable`; nothing is stored yet. */
  propose(user: User, issuer: string): { readonly secret: string; readonly uri: string };
  /** Stores the secret once a code proves that the app has it. Returns the recovery codes. */
  enable(user: User, proof: { readonly secret: string; readonly code: string }): readonly string[];
  disable(user: User): void;
  /** Whether the code is right. One that was accepted is right no more. */
  accepts(user: User, code: string): boolean;
}

export function makeSecondFactor({ users, vault, now }: SecondFactorParts): SecondFactor {
  const stepOf = (secret: Secret, code: string): number | undefined => {
    const timestamp = now().getTime();
    const delta = makeTotp(secret).validate({ token: code.replaceAll(" ", ""), timestamp, window });
    return delta === null ? undefined : Math.floor(timestamp / 1000 / periodSeconds) + delta;
  };
  return {
    propose(user, issuer) {
      const secret = new Secret({ size: 20 });
      const uri = makeTotp(secret, { label: user.name, issuer }).toString();
      return { secret: secret.base32, uri };
    },
    enable(user, { secret, code }) {
      const step = stepOf(readSecret(secret), code);
      if (step === undefined) throw codeWrong({});
      const codes = Array.from({ length: recoveryCodes }, makeRecoveryCode);
      users.setTotp(user.id, vault.seal(secret, purposeOf(user)));
      users.setTotpStep(user.id, step);
      users.setRecoveryCodes(user.id, codes.map(hashSecret));
      return codes;
    },
    disable(user) {
      users.setTotp(user.id, null);
      users.setRecoveryCodes(user.id, []);
    },
    accepts(user, code) {
      if (user.totp === undefined) return false;
      const recovery = code.trim().toLowerCase();
      if (recovery.includes("-")) return users.useRecoveryCode(user.id, hashSecret(recovery));
      const step = stepOf(Secret.fromBase32(vault.open(user.totp, purposeOf(user))), code);
      // Read anew: two requests may come with the same code.
      const last = users.findById(user.id)?.totpStep ?? 0;
      if (step === undefined || step <= last) return false;
      users.setTotpStep(user.id, step);
      return true;
    },
  };
}

function readSecret(text: string): Secret {
  try {
    return Secret.fromBase32(text);
  } catch (cause) {
    throw codeWrong({}, { cause });
  }
}

function makeTotp(secret: Secret, names: { label: string; issuer: string } | object = {}): TOTP {
  return new TOTP({ ...names, secret, algorithm: "SHA1", digits, period: periodSeconds });
}

function purposeOf({ id }: User): string {
  return `totp of user ${id}`;
}

/** 80 random bits in four groups: `abcd-2345-efgh-6723`. */
function makeRecoveryCode(): string {
  const text = new Secret({ buffer: Uint8Array.from(randomBytes(10)).buffer }).base32.toLowerCase();
  return text.match(/.{4}/g)?.join("-") ?? text;
}
