import type { PasskeyResponse } from "@hop3/core";
import type { Passkey, PasskeyStore } from "../db/passkeys.ts";
import type { User, UserStore } from "../db/users.ts";
import { passkeyRefused, signInFailed } from "./errors.ts";

/** Where the pages are that the browser sees: a passkey belongs to one host. */
export interface Site {
  readonly origin: string;
  readonly host: string;
}

interface PasskeyParts {
  readonly passkeys: PasskeyStore;
  readonly users: UserStore;
  now(): Date;
}

type Options = { readonly challenge: string } & Readonly<Record<string, unknown>>;

/** Sign-in without a password: the device proves that it has the key, and that it knows its owner. */
export interface Passkeys {
  registrationOptions(user: User, site: Site): Promise<Options>;
  register(user: User, site: Site, made: NewPasskey): Promise<Passkey>;
  signInOptions(site: Site): Promise<Options>;
  signIn(site: Site, response: PasskeyResponse): Promise<User>;
}

interface NewPasskey {
  readonly name: string;
  readonly response: PasskeyResponse;
}

const serverName = "Hop3";
const challengeMs = 5 * 60_000;
const maxChallenges = 5_000;

/** 30 MB of memory, so only once somebody uses a passkey. */
const loadLibrary = () => import("@simplewebauthn/server");

export function makePasskeys({ passkeys, users, now }: PasskeyParts): Passkeys {
  const challenges = makeChallenges(now);
  return {
    async registrationOptions(user, site) {
      const { generateRegistrationOptions } = await loadLibrary();
      const options = await generateRegistrationOptions({
        rpName: serverName,
        rpID: site.host,
        userName: user.name,
        userID: new TextEncoder().encode(`hop3 user ${user.id}`),
        excludeCredentials: passkeys.ofUser(user.id).map(({ id }) => ({ id })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      });
      return challenges.keep({ ...options }, `register ${user.id}`);
    },
    async register(user, site, { name, response }) {
      const { verifyRegistrationResponse } = await loadLibrary();
      const purpose = `register ${user.id}`;
      // The schema has looked at the shape; the library checks every part of it.
      const found = await verifyRegistrationResponse({
        ...expectations(site),
        response: response as never,
        expectedChallenge: (challenge) => challenges.take(challenge, purpose),
      }).catch((cause: Error) => {
        throw passkeyRefused({ reason: cause.message }, { cause });
      });
      if (!found.verified) throw passkeyRefused({ reason: "its signature is wrong" });
      const { id, publicKey, counter, transports = [] } = found.registrationInfo.credential;
      if (passkeys.find(id) !== undefined) throw passkeyRefused({ reason: "it is known already" });
      const createdAt = now().toISOString();
      const passkey = { id, userId: user.id, name, publicKey, counter, transports, createdAt };
      passkeys.add(passkey);
      return { ...passkey, usedAt: undefined };
    },
    async signInOptions(site) {
      const { generateAuthenticationOptions } = await loadLibrary();
      // No list of keys: it would tell strangers who has an account.
      const options = await generateAuthenticationOptions({
        rpID: site.host,
        userVerification: "required",
      });
      return challenges.keep({ ...options }, "sign in");
    },
    async signIn(site, response) {
      const { verifyAuthenticationResponse } = await loadLibrary();
      const passkey = passkeys.find(response.id);
      if (passkey === undefined) throw signInFailed({});
      const { id, publicKey, counter } = passkey;
      const found = await verifyAuthenticationResponse({
        ...expectations(site),
        response: response as never,
        expectedChallenge: (challenge) => challenges.take(challenge, "sign in"),
        credential: { id, publicKey: Uint8Array.from(publicKey), counter },
      }).catch((cause: Error) => {
        throw signInFailed({}, { cause });
      });
      const user = users.findById(passkey.userId);
      if (!found.verified || user === undefined) throw signInFailed({});
      passkeys.used(id, { counter: found.authenticationInfo.newCounter, at: now().toISOString() });
      return user;
    },
  };
}

function expectations({ origin, host }: Site) {
  return { expectedOrigin: origin, expectedRPID: host, requireUserVerification: true } as const;
}

interface Challenges {
  keep(options: Options, purpose: string): Options;
  /** True once for a challenge of this purpose. */
  take(challenge: string, purpose: string): boolean;
}

/** In memory: whoever is in the middle of it when the server restarts begins again. */
function makeChallenges(now: () => Date): Challenges {
  const kept = new Map<string, { readonly purpose: string; readonly until: number }>();
  return {
    keep(options, purpose) {
      kept.set(options.challenge, { purpose, until: now().getTime() + challengeMs });
      const [oldest] = kept.keys();
      if (kept.size > maxChallenges && oldest !== undefined) kept.delete(oldest);
      return options;
    },
    take(challenge, purpose) {
      const found = kept.get(challenge);
      kept.delete(challenge);
      return found !== undefined && found.purpose === purpose && found.until > now().getTime();
    },
  };
}
