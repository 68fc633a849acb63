import type { Identity, PasskeyInfo, UserInfo } from "@hop3/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AccountsBed,
  makeAccountsBed,
  origin,
  password,
} from "../../test/support/accounts-bed.ts";
import { Authenticator, type PageSite } from "../../test/support/authenticator.ts";
import { Browser } from "../../test/support/browser.ts";

const site: PageSite = { origin, host: "hop3.example.org" };

let bed: AccountsBed;
let ada: Browser;
let device: Authenticator;

beforeEach(async () => {
  bed = makeAccountsBed({ url: `${origin}/` });
  ada = new Browser(bed);
  device = new Authenticator();
  await bed.user("ada", { role: "owner" });
  await ada.ask("POST", "/sign-in", { body: { name: "ada", password } });
});
afterEach(() => bed.close());

async function optionsFor(who: Browser): Promise<{ challenge: string }> {
  const asked = { body: { password } };
  return (await who.ask<{ challenge: string }>("POST", "/account/passkeys/options", asked)).body;
}

async function register(name = "telephone") {
  const response = device.create(await optionsFor(ada), site);
  return ada.ask<PasskeyInfo>("POST", "/account/passkeys", { body: { name, response } });
}

interface Attempt {
  readonly at?: PageSite;
  /** Whose signature the answer has instead. */
  readonly forger?: Authenticator;
  readonly keep?: (response: unknown) => void;
}

async function signIn({ at = site, forger, keep }: Attempt = {}) {
  const visitor = new Browser(bed);
  const options = await visitor.ask<{ challenge: string }>("POST", "/sign-in/passkey/options");
  const { response: forged } = forger?.get(options.body, at) ?? {};
  const response = device.get(options.body, at);
  const sent = forged === undefined ? response : { ...response, response: forged };
  keep?.(sent);
  return visitor.ask<Identity>("POST", "/sign-in/passkey", { body: sent });
}

describe("a passkey", () => {
  it("is made for this host by whoever knows the password, and opens the account without it", async () => {
    const wrong = { body: { password: "x" } };
    expect((await ada.ask("POST", "/account/passkeys/options", wrong)).code).toBe("PASSWORD_WRONG");
    expect(await optionsFor(ada)).toMatchObject({
      rp: { id: "hop3.example.org" },
      authenticatorSelection: { userVerification: "required", residentKey: "required" },
      attestation: "none",
    });
    const made = await register();
    expect(made).toMatchObject({ code: "OK", body: { name: "telephone" } });
    expect((await signIn()).body).toMatchObject({ kind: "session", user: "ada" });
    expect((await ada.ask<UserInfo>("GET", "/account")).body.passkeys).toBe(1);
  });

  it("does not tell strangers who has one", async () => {
    await register();
    const { body } = await new Browser(bed).ask("POST", "/sign-in/passkey/options");
    expect(JSON.stringify(body)).not.toContain(device.id.toString("base64url"));
  });

  it("opens nothing after it was removed, and only its user removes it", async () => {
    const { id } = (await register()).body;
    await bed.user("bob", { role: "owner" });
    const bob = new Browser(bed);
    await bob.ask("POST", "/sign-in", { body: { name: "bob", password } });
    expect((await bob.ask("DELETE", `/account/passkeys/${id}`)).code).toBe("PASSKEY_NOT_FOUND");
    expect((await ada.ask("DELETE", `/account/passkeys/${id}`)).status).toBe(204);
    expect((await signIn()).code).toBe("SIGN_IN_FAILED");
  });
});

describe("a passkey is refused", () => {
  it("for another page than ours", async () => {
    const evil = { origin: "https://evil.example", host: "hop3.example.org" };
    const response = device.create(await optionsFor(ada), evil);
    const made = await ada.ask("POST", "/account/passkeys", { body: { name: "x", response } });
    expect(made).toMatchObject({ status: 422, code: "PASSKEY_REFUSED" });
    await register();
    expect((await signIn({ at: evil })).code).toBe("SIGN_IN_FAILED");
    expect((await signIn({ at: { origin, host: "evil.example" } })).code).toBe("SIGN_IN_FAILED");
  });

  it("for a challenge that is not ours, is somebody else's, is used or is old", async () => {
    const made = { challenge: Buffer.alloc(32).toString("base64url") };
    const add = async (options: { challenge: string }, who = ada) => {
      const response = new Authenticator().create(options, site);
      return (await who.ask("POST", "/account/passkeys", { body: { name: "x", response } })).code;
    };
    expect(await add(made)).toBe("PASSKEY_REFUSED");
    await bed.user("bob", { role: "owner" });
    const bob = new Browser(bed);
    await bob.ask("POST", "/sign-in", { body: { name: "bob", password } });
    expect(await add(await optionsFor(ada), bob)).toBe("PASSKEY_REFUSED");
    const options = await optionsFor(ada);
    expect(await add(options)).toBe("OK");
    expect(await add(options)).toBe("PASSKEY_REFUSED");
    const late = await optionsFor(ada);
    bed.clock.now += 5 * 60_000;
    expect(await add(late)).toBe("PASSKEY_REFUSED");
  });

  it("without its owner's finger or PIN", async () => {
    await register();
    device.knowsOwner = false;
    expect((await signIn()).code).toBe("SIGN_IN_FAILED");
  });

  it("with another key's signature, or the same answer twice", async () => {
    await register();
    expect((await signIn({ forger: new Authenticator() })).code).toBe("SIGN_IN_FAILED");
    const kept: unknown[] = [];
    expect((await signIn({ keep: (response) => kept.push(response) })).code).toBe("OK");
    const again = await new Browser(bed).ask("POST", "/sign-in/passkey", { body: kept[0] });
    expect(again.code).toBe("SIGN_IN_FAILED");
  });

  it("when its counter goes back, as that of a copy does", async () => {
    await register();
    expect((await signIn()).code).toBe("OK");
    device.counter = 0;
    expect((await signIn()).code).toBe("SIGN_IN_FAILED");
  });

  it("when it is registered twice", async () => {
    expect((await register()).code).toBe("OK");
    expect((await register("again")).code).toBe("PASSKEY_REFUSED");
  });
});
