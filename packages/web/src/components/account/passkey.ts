import type { PasskeyInfo, PasskeyOptions } from "@hop3/core/api";
import { send } from "../../api.ts";

/** Why this browser cannot use passkeys here; undefined where it can. */
export function whyNoPasskeys(): string | undefined {
  if (!window.isSecureContext) {
    return "Browsers offer passkeys on pages with TLS only: open this server by https.";
  }
  if (/^[\d.]+$|:/.test(window.location.hostname)) {
    return "A passkey belongs to a name: open this server by its name, not by its address.";
  }
  // `parseCreationOptionsFromJSON` came later than passkeys themselves.
  const api: Partial<typeof PublicKeyCredential> | undefined = window.PublicKeyCredential;
  return api?.parseCreationOptionsFromJSON === undefined
    ? "This browser is too old for passkeys."
    : undefined;
}

/** Has the device make a key for this account; the password has to be right. */
export async function addPasskey(name: string, password: string): Promise<PasskeyInfo> {
  const options = await send<PasskeyOptions>("POST", "/account/passkeys/options", { password });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = await navigator.credentials.create({ publicKey }).catch(explain);
  return await send<PasskeyInfo>("POST", "/account/passkeys", { name, response: toJson(made) });
}

/** Signs in with whichever passkey of this server the device offers. */
export async function signInWithPasskey(): Promise<void> {
  const options = await send<PasskeyOptions>("POST", "/sign-in/passkey/options");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  const found = await navigator.credentials.get({ publicKey }).catch(explain);
  await send("POST", "/sign-in/passkey", toJson(found));
}

/** Browsers say the same of a device that has no key, of a refusal and of patience that has ended. */
function explain(error: unknown): never {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") throw new Error("This device has a passkey of this account");
  if (name === "NotAllowedError") throw new Error("The device gave no passkey");
  throw error;
}

function toJson(credential: Credential | null): unknown {
  if (credential instanceof PublicKeyCredential) return credential.toJSON();
  throw new Error("The device gave no passkey");
}
